#!/bin/sh
# Completion as typed at shells, where there is one NIC whose name nobody else has.
#
#   tests/packaging/completion_test.sh BUILD-FOLDER COMPLETIONS-FOLDER
set -eu
if [ "${3:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    exec unshare --net --mount -- "$0" "$1" "$2" --inside
fi
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs /run
ip link add trade0 type veth peer name peer0
exec python3 "$(dirname "$0")/completion_test.py" "$1" "$2"
