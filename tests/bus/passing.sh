#!/bin/bash
# Devices that come, have their settings and are removed, round after round, leave nothing behind in the journal; one
# that only went to another network namespace has its old value back.
#
#   tests/bus/passing.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

rounds=10
pairs=16
mkdir -p /etc/nanotune
printf '[drift]\npoll = 600\n' >/etc/nanotune/host.toml
cat >passing.toml <<'END'
[nic."*"]
match = { kind = "veth" }
mtu = 1400
txqueuelen = 500
END
all_set() { [ "$(cat /sys/class/net/pass*/mtu | sort -u)" = 1400 ]; }
mtu_is() { [ "$(cat "/sys/class/net/$1/mtu")" = "$2" ]; }

start_bus
start_daemon
nanotune apply passing.toml --bus --allow all >said || { cat said; fail "not applied"; }
ip netns add away
ip link add goes type veth peer name stays
within 20 mtu_is goes 1400
ip link set goes netns away
for round in $(seq $rounds); do
    hold "$daemon" # all of them come at once
    for i in $(seq $pairs); do echo "link add pass${round}x$i type veth peer name peer${round}x$i"; done | ip -batch -
    kill -CONT "$daemon"
    within 20 all_set
    nanotune verify --bus >said || { cat said; fail "not as the profile wants"; }
    for i in $(seq $pairs); do echo "link del pass${round}x$i"; done | ip -batch -
    echo "round $round: a journal of $(stat -c %s /run/nanotune/net-*.journal) bytes"
done
known=$(grep -ao 'pass[0-9]*x1 [0-9]* veth' /run/nanotune/net-*.journal | sort -u | wc -l)
[ "$known" -le $((rounds / 2)) ] || fail "the journal knows the devices of $known rounds of $rounds"
ip -netns away link set goes mtu 1300
ip -netns away link set goes netns $$
within 20 mtu_is goes 1400
nanotune rollback --all --bus --allow all >said || { cat said; fail "not rolled back"; }
for device in goes stays veth0 veth1; do
    mtu_is $device 1500 || fail "$device has an mtu of $(cat /sys/class/net/$device/mtu)"
done
state_is clean || fail "the state is $(property State)"
stop_daemon
