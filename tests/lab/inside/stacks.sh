#!/bin/bash
# Two real cards in a bond with a VLAN on it: each change takes the links away for a while, one after the other, and the
# bond has one all the time. A link that stays away is a note, and a number that the driver rounds is adjusted. Who has a
# card besides the kernel is told.
# shellcheck disable=SC2154
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"

says() { tr -s ' \n' ' ' <said | grep -qF "$1" || complain "not said: $1" said; }
downs() { cat "/sys/class/net/$1/carrier_down_count"; }
mtus() { local device; for device in bond0.7 bond0 eth1 eth3; do cat "/sys/class/net/$device/mtu"; done | xargs; }
kept() { # AFTER-WHAT: each member was away once more at least, and the bond never
    echo "$1: down: bond0 $(downs bond0), eth1 $(downs eth1), eth3 $(downs eth3)"
    [ "$(downs bond0)" = "$bond_downs" ] || complain "bond0 had no link during $1"
    for member in eth1 eth3; do
        [ "$(downs $member)" -gt "${member_downs[$member]}" ] || complain "$member kept its link during $1: nothing is shown"
        member_downs[$member]=$(downs $member)
    done
}
held_by() { # ARGUMENT...: of xdp.py, whose process is $owner then
    "$here/xdp.py" "$@" >ready 2>&1 &
    owner=$!
    until grep -q . ready; do sleep 0.1; done
    grep -qx ready ready || complain "xdp.py $*" ready
}

modprobe bonding max_bonds=0
ip link add bond0 type bond mode active-backup miimon 100
for member in eth1 eth3; do
    ip link set $member down
    ip link set $member master bond0
done
ip link add link bond0 name bond0.7 type vlan id 7
ip link set bond0 up
ip link set bond0.7 up
wait_for_carrier eth1 eth3 bond0
until grep -q 'MII Status: up' <(sed -n '/Interface: eth3/,$p' /proc/net/bonding/bond0); do sleep 0.1; done

bond_downs=$(downs bond0)
declare -A member_downs=([eth1]=$(downs eth1) [eth3]=$(downs eth3))
cat >bond.toml <<END
[nic.bond0]
mtu = 2000
[nic."bond0.7"]
mtu = 2000
[nic.eth1]
ring.rx = 512
[nic.eth3]
ring.rx = 512
END
runs 0 apply bond.toml --allow all && kept "apply"
[ "$(mtus)" = "2000 2000 2000 2000" ] || complain "the MTUs are $(mtus)"
runs 0 verify || true
runs 0 rollback --all --allow all && kept "rollback"
[ "$(mtus)" = "1500 1500 1500 1500" ] || complain "rolled back, the MTUs are $(mtus)"

# Members may have MTUs of their own, one of which is the new one already.
ip link set eth1 mtu 2000
ip link set eth3 mtu 1800
wait_for_carrier eth1 eth3
printf '[nic.bond0]\nmtu = 2000\n' >uneven.toml
runs 0 apply uneven.toml --allow all || true
[ "$(mtus)" = "1500 2000 2000 2000" ] || complain "of uneven members the MTUs are $(mtus)"
runs 0 rollback --all --allow all || true
[ "$(mtus)" = "1500 1500 2000 1800" ] || complain "rolled back, uneven members have the MTUs $(mtus)"
ip link set eth1 mtu 1500
ip link set eth3 mtu 1500
wait_for_carrier eth1 eth3
for member in eth1 eth3; do member_downs[$member]=$(downs $member); done
printf '[nic."bond0.7"]\nmtu = 3000\n[nic.bond0]\nmtu = 2000\n' >more.toml
runs 1 plan more.toml && says "more.toml:2:1: nic.mtu on bond0.7 = 3000 is more than bond0, which carries it, is given by more.toml:4:1: 2000"
ip link del bond0.7
ip link del bond0
ip link set eth1 up
ip link set eth3 up
wait_for_carrier eth1 eth3

# The cable is pulled while the driver has the link down, and then in the middle of an apply that changes more than that.
nic=eth1
printf '[nic.eth1]\nring.rx = 1024\n[nic.eth2]\nmtu = 1400\n' >cable.toml
snapshot_of_rings() { echo "$(nic=eth1 ring RX) $(nic=eth2 attribute mtu)"; }
rings=$(snapshot_of_rings)
{
    until [ "$(cat /sys/class/net/eth1/carrier)" = 0 ]; do :; done
    cable eth1 off
} 2>/dev/null &
puller=$!
runs 0 apply cable.toml --allow all && says "eth1 had a carrier before it was changed, and has none since"
wait $puller
[ "$(attribute carrier) $(ip link show eth1 | grep -o 'NO-CARRIER,[^>]*,UP')" = "0 NO-CARRIER,BROADCAST,MULTICAST,UP" ] ||
    complain "the cable of eth1 is not out: $(ip link show eth1)"
[ "$(snapshot_of_rings)" = "1024 1400" ] || complain "without a cable, ring and MTU are $(snapshot_of_rings)"
runs 0 verify || true
runs 0 rollback --all --allow all || true
[ "$(snapshot_of_rings)" = "$rings" ] || complain "rolled back without a cable, ring and MTU are $(snapshot_of_rings), not $rings"
cable eth1 on
wait_for_carrier eth1

# Debian's kernels do not say where an AF_XDP socket is bound: they say so themselves when its queue would go.
printf '[nic.eth0]\nchannels.combined = 2\n' >fewer.toml
held_by socket eth0 3
runs 2 plan fewer.toml && says "1 AF_XDP socket is open here, and this kernel does not say on which device"
runs 4 apply fewer.toml --allow all && says "existing zerocopy AF_XDP sockets"
kill $owner

# igb rounds a ring up to eight descriptors.
printf '[nic.eth3]\nring.rx = 500\n' >rounded.toml
nic=eth3
runs 0 apply rounded.toml --allow all && says "the driver made 504 of 500"
[ "$(ring RX)" = 504 ] || complain "the ring has $(ring RX) descriptors"
runs 0 verify || true
runs 0 apply rounded.toml --allow all && says "1 already as wanted"
runs 0 rollback --all --allow all || true

printf '[nic.eth3]\nmtu = 9000\n' >jumbo.toml
held_by program eth3 native
runs 2 plan jumbo.toml && says "eth3 is not the kernel's alone: XDP program"
runs 4 apply jumbo.toml --allow all && says "nic.mtu"
[ "$(attribute mtu)" = 1500 ] || complain "eth3 has an MTU of $(attribute mtu)"
kill $owner

place=$(basename "$(realpath /sys/class/net/eth1/device)")
modprobe uio_pci_generic
echo uio_pci_generic >"/sys/bus/pci/devices/$place/driver_override"
echo "$place" >/sys/bus/pci/drivers/e1000e/unbind
echo "$place" >/sys/bus/pci/drivers_probe
sleep 100 7</dev/uio0 &
owner=$!
printf '[nic.feed]\nmatch = { pci = "%s" }\nmtu = 9000\n' "$place" >detached.toml
runs 1 plan detached.toml &&
    says "$place is no network device: it is bound to uio_pci_generic, and sleep (process $owner) has it"
kill $owner
finish
