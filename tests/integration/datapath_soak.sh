#!/bin/sh
# Ten million packets (or COUNT) through each backend of the datapath: datapath_soak.sh BUILD [COUNT]
set -eu
here=$(dirname "$(realpath "$0")")
exec unshare --net --mount --pid --fork --kill-child --mount-proc -- \
    python3 "$here/datapath_soak.py" "$(realpath "$1")/bin" "${2:-10000000}"
