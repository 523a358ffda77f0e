#!/bin/bash
# Devices that are renamed, swapped, moved and made anew on the running kernel: what was set on them is found
# and put back wherever they are, and never written to others.
#
#   tests/integration/devices.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/devices"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys # shows the namespace that it is mounted in
mount -t tmpfs -o mode=0755 tmpfs "$build/devices"
mount -t tmpfs -o mode=0755 tmpfs /run
cd "$build/devices"

# ends STATUS VERB...: what the verb prints is shown only when it ends otherwise.
ends() {
    local wanted=$1 status=0
    shift
    "$build/bin/nanotune" "$@" --state-dir /run/state >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] && return
    echo "nanotune $*: $status instead of $wanted"
    cat said
    exit 1
}
# says TEXT: in what the last verb printed, however it is wrapped.
says() {
    tr -s ' \n' ' ' <said | grep --quiet --fixed-strings "$1" || { echo "not said: $1"; cat said; exit 1; }
}
# holds DEVICE MTU RP_FILTER RETRANS: three settings of a device, each kept in another way.
holds() {
    local found
    found=$(echo $(cat "/sys/class/net/$1/mtu" "/proc/sys/net/ipv4/conf/$1/rp_filter" \
        "/proc/sys/net/ipv4/neigh/$1/app_solicit"))
    [ "$found" = "$2 $3 $4" ] || { echo "$1 holds $found instead of $2 $3 $4"; exit 1; }
}
make_pair() {
    ip link add "$1" type veth peer name "$2"
    ip link set "$1" mtu "$3"
    echo "$4" >"/proc/sys/net/ipv4/conf/$1/rp_filter"
    echo "$5" >"/proc/sys/net/ipv4/neigh/$1/app_solicit"
}

cat >one.toml <<'END'
[nic.veth0]
mtu = 1400
gro_flush_timeout = "20us"
[sysctl]
"net.ipv4.conf.veth0.rp_filter" = 2
"net.ipv4.neigh.veth0.app_solicit" = 7
END
cat >two.toml <<'END'
[profile]
extends = ["./one.toml"]
[nic.veth1]
mtu = 1450
[sysctl]
"net.ipv4.conf.veth1.rp_filter" = 1
"net.ipv4.neigh.veth1.app_solicit" = 8
END

make_pair veth0 peer0 1500 0 0
make_pair veth1 peer1 1600 2 3

echo "-- a renamed device"
ends 0 apply one.toml --allow all
holds veth0 1400 2 7
ip link set veth0 name foo
ends 0 verify
ends 0 verify --verbose
says "foo, renamed from veth0"
ends 0 status --verbose
says "foo"
ends 2 rollback --plan
says "foo, renamed from veth0"
ends 0 rollback --allow all
says "foo, renamed from veth0"
holds foo 1500 0 0
[ "$(cat /sys/class/net/foo/gro_flush_timeout)" = 0 ] || { echo "gro_flush_timeout stays"; exit 1; }
ends 0 status
says "clean"

echo "-- IPv6's own MTU, which the kernel sets with the device's"
ip link set foo name veth0
own_mtu() { [ "$(cat "/proc/sys/net/ipv6/conf/$1/mtu")" = "$2" ] || { echo "IPv6 on $1 has another MTU than $2"; exit 1; }; }
for mtus in "1500 1300" "1300 1290"; do
    ip link set veth0 mtu "${mtus% *}"
    echo "${mtus#* }" >/proc/sys/net/ipv6/conf/veth0/mtu
    ends 0 apply one.toml --allow all
    own_mtu veth0 1400
    says "reset by nic.mtu on veth0; rollback restores it"
    ends 0 verify
    ip link set veth0 name foo.a # a dot in the name makes another sysctl of it
    ends 0 rollback --allow all
    own_mtu foo.a "${mtus#* }"
    [ "$(cat /sys/class/net/foo.a/mtu)" = "${mtus% *}" ] || { echo "the device's MTU is not back"; exit 1; }
    ip link set foo.a name veth0
done
ip link set veth0 mtu 1500
ends 0 status
says "clean"
ip link set veth0 name foo

echo "-- two that swapped their names"
ip link set foo name veth0
ends 0 apply two.toml --allow all
ip link set veth0 name swapping
ip link set veth1 name veth0
ip link set swapping name veth1
ends 0 rollback --allow all
holds veth1 1500 0 0
holds veth0 1600 2 3
ip link set veth0 name swapping
ip link set veth1 name veth0
ip link set swapping name veth1

echo "-- one that was deleted, and another one of its name"
ends 0 apply one.toml --allow all
ip link del veth0
make_pair veth0 peer0 1400 2 7
ends 2 verify
says "its device is no more, and another one is called veth0 now"
ends 0 rollback --allow all
says "its device is no more"
holds veth0 1400 2 7
ends 0 status
says "clean"
ip link set veth0 mtu 1500
echo 0 >/proc/sys/net/ipv4/conf/veth0/rp_filter
echo 0 >/proc/sys/net/ipv4/neigh/veth0/app_solicit

# away_and_back: veth0 goes to the namespace of a file, and comes back.
away_and_back() {
    ends 0 apply one.toml --allow all
    nsenter --net="$1" true
    ip link set veth0 netns "$2"
    ends 2 rollback --allow all
    says "its device is away; its old value is kept for when it is back"
    ends 2 status
    says "degraded"
    ends 2 rollback --allow all
    make_pair veth0 other 1400 2 7
    ends 2 rollback --allow all
    says "its device is away, and another one is called veth0 now"
    holds veth0 1400 2 7
    ip link del veth0
    nsenter --net="$1" ip link set veth0 netns $$
    ends 0 rollback --allow all --force # its sysctls are those of a new device
    [ "$(cat /sys/class/net/veth0/mtu)" = 1500 ] || { echo "its MTU is not back"; exit 1; }
    ends 0 status
    says "clean"
    echo 0 >/proc/sys/net/ipv4/conf/veth0/rp_filter
    echo 0 >/proc/sys/net/ipv4/neigh/veth0/app_solicit
}

echo "-- one that was moved to where a process is, and back"
unshare --net sleep 1000 &
other=$!
until [ "$(readlink "/proc/$other/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
away_and_back "/proc/$other/ns/net" "$other"
kill "$other"
wait "$other" 2>/dev/null || true

echo "-- one that was moved to where no process is, and back"
ip netns add quiet
away_and_back /run/netns/quiet quiet

echo "-- one that is forgotten"
ends 0 apply one.toml --allow all
ip link set veth0 netns quiet
ends 2 rollback --allow all
ends 2 rollback --all --force --allow all
says "forgotten"
ends 0 status
says "clean"
ends 0 rollback

echo "-- one that was away and is no more"
make_pair veth0 other 1500 0 0
ends 0 apply one.toml --allow all
ip link set veth0 name moved
ip link set moved netns quiet
ends 2 rollback --allow all
nsenter --net=/run/netns/quiet ip link del moved
ends 2 status
says "rollback forgets it"
ends 0 rollback
ends 0 status
says "clean"

echo "-- masks of queues that the profile makes itself, and that somebody takes away meanwhile"
steered() {
    local found
    found=$(cd /sys/class/net/wide0/queues && for queue in *; do
        echo "$queue $(cat "$queue"/[rx]ps_cpus | tr -d 0,)"
    done | sort | xargs)
    [ "$found" = "$1" ] || { echo "wide0 steers $found instead of $1"; exit 1; }
}
cat >wide.toml <<'END'
[nic.wide0]
channels = { rx = 3, tx = 3 }
rps.cpus = "0"
xps.cpus = "0"
END
cat >narrow.toml <<'END'
[nic.wide0]
channels = { rx = 2, tx = 2 }
[nic.wide0.queue."1"]
rps.cpus = "1"
END
ip link add wide0 numrxqueues 3 numtxqueues 3 type veth peer name wide1
ethtool --set-channels wide0 rx 1 tx 1
echo 2 >/sys/class/net/wide0/queues/rx-0/rps_cpus
ends 0 apply wide.toml --allow drops
steered "rx-0 1 rx-1 1 rx-2 1 tx-0 1 tx-1 1 tx-2 1"
ends 0 apply narrow.toml --allow drops
steered "rx-0 2 rx-1 2 tx-0 tx-1"
ends 0 rollback --allow drops
steered "rx-0 1 rx-1 1 rx-2 1 tx-0 1 tx-1 1 tx-2 1"
ends 0 verify
ethtool --set-channels wide0 rx 2 tx 2
ethtool --set-channels wide0 rx 3 tx 3
ends 2 verify # queues that are made anew steer nothing
ends 0 apply wide.toml --allow drops
steered "rx-0 1 rx-1 1 rx-2 1 tx-0 1 tx-1 1 tx-2 1"
ends 0 rollback --all --allow drops
steered "rx-0 2 tx-0"
ends 0 status
says "clean"
