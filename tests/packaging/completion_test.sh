#!/bin/sh
# Completion as typed at shells, where there is one NIC, one TuneD profile and one file whose name nobody else has.
#
#   tests/packaging/completion_test.sh BUILD-FOLDER COMPLETIONS-FOLDER
set -eu
if [ "${3:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    exec unshare --net --mount -- "$0" "$1" "$2" --inside
fi
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs /run
build=$(realpath "$1")
test=$(realpath "$0")
completions=$(realpath "$2")
cp --archive /etc /run/etc
mkdir -p /run/etc/tuned/trading-floor
echo '[main]' >/run/etc/tuned/trading-floor/tuned.conf
mount --bind /run/etc /etc
mkdir /run/here
cd /run/here
touch basket.json
ip link add trade0 type veth peer name peer0
exec python3 "$(dirname "$test")/completion_test.py" "$build" "$completions"
