#!/bin/sh
# The datapath's worker on real sockets and devices, in network namespaces of its own: datapath.sh BUILD
set -eu
here=$(dirname "$(realpath "$0")")
exec unshare --net --mount --pid --fork --kill-child --mount-proc -- \
    python3 "$here/datapath" "$(realpath "$1")/bin/nanotune-worker"
