#!/bin/sh
# Completion as typed at shells, where there is one NIC, one TuneD profile, one datapath and one file whose name nobody
# else has.
#
#   tests/packaging/completion_test.sh BUILD-FOLDER COMPLETIONS-FOLDER
set -eu
if [ "${3:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    exec unshare --net --mount --pid --fork --kill-child --mount-proc -- "$0" "$1" "$2" --inside
fi
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
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
ip link set lo up
printf '[datapath.orders]\nlisten = "127.0.0.1:8080"\nbackend = "udp"\n' >/run/orders.toml
"$build/bin/nanotune" apply /run/orders.toml --direct >said 2>&1 || { cat said; exit 1; }
rm said
exec python3 "$(dirname "$test")/completion_test.py" "$build" "$completions"
