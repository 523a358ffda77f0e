#!/bin/sh
# Datapaths that profiles start, in network namespaces of their own: datapath_life.sh BUILD
set -eu
here=$(dirname "$(realpath "$0")")
exec unshare --net --mount --pid --fork --kill-child --mount-proc -- \
    python3 "$here/datapath_life" "$(realpath "$1")/bin"
