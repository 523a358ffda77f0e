#!/bin/sh
# Ten million packets (or COUNT) through each backend of the datapath, or those: datapath_soak.sh BUILD [COUNT [BACKEND...]]
set -eu
here=$(dirname "$(realpath "$0")")
bin=$(realpath "$1")/bin
count=${2:-10000000}
shift $(($# < 2 ? $# : 2))
exec unshare --net --mount --pid --fork --kill-child --mount-proc -- \
    python3 "$here/datapath_soak.py" "$bin" "$count" "$@"
