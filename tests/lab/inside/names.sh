#!/bin/bash
# What was set on a card stays that card's when it is renamed, when its driver is loaded anew under another number, and
# when it is in another network namespace; a card without a driver holds nothing. Of one whose names were swapped the
# interrupts are found too.
# shellcheck disable=SC2154

failures=0
complain() { # TEXT
    failures=$((failures + 1))
    echo "FAILED $1"
}
# ends STATUS VERB...: if nanotune ends otherwise, its words are shown.
ends() {
    local wanted=$1 status=0
    shift
    nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || { complain "nanotune $* ended with $status instead of $wanted"; cat said; }
}
says() { tr -s ' \n' ' ' <said | grep -qF "$1" || { complain "not said: $1"; cat said; }; }
is() { # WHAT FOUND WANTED
    [ "$2" = "$3" ] || complain "$1 is $2 instead of $3"
}
mtu_of() { cat "/sys/class/net/$1/mtu"; }
device_of() { basename "$(realpath "/sys/class/net/$1/device")"; }
driver_of() { basename "$(realpath "/sys/class/net/$1/device/driver")"; }
until_there() { # DEVICE: the name that its driver gives it is the same again
    local tries=0
    until [ -e "/sys/class/net/$1/mtu" ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
}

for nic in eth0 eth1 eth2 eth3; do
    bus=$(device_of "$nic")
    driver=/sys/class/net/$nic/device/driver
    driver=$(realpath "$driver")
    index=$(cat "/sys/class/net/$nic/ifindex")
    cat >mtu.toml <<END
[nic.$nic]
mtu = 1400
[sysctl]
"net.ipv4.conf.$nic.rp_filter" = 2
END
    echo "-- $nic ($(driver_of "$nic")): renamed"
    ends 0 apply mtu.toml --allow all
    ip link set "$nic" down
    ip link set "$nic" name foo
    ends 0 rollback --allow all
    says "foo, renamed from $nic"
    is "the MTU of foo" "$(mtu_of foo)" 1500
    ip link set foo name "$nic"

    echo "-- $nic: its driver loaded anew"
    ends 0 apply mtu.toml --allow all
    echo "$bus" >"$driver/unbind"
    ends 2 verify
    says "its device is no more"
    echo "$bus" >"$driver/bind"
    until_there "$nic"
    [ "$(cat "/sys/class/net/$nic/ifindex")" != "$index" ] || complain "$nic has the number that it had"
    ip link set "$nic" mtu 1400
    ip link set "$nic" name foo
    ends 2 verify # its sysctls are as every device has them at first
    says "foo, renamed from $nic"
    ends 0 rollback --allow all
    is "the MTU of foo" "$(mtu_of foo)" 1500
    ip link set foo name "$nic"

    echo "-- $nic: in another namespace"
    ends 0 apply mtu.toml --allow all
    ip netns add other
    ip link set "$nic" netns other
    ends 2 rollback --allow all
    says "its device is away; its old value is kept for when it is back"
    ip netns exec other ip link set "$nic" netns 1
    ip netns del other
    until_there "$nic"
    ends 0 rollback --force --allow all
    is "the MTU of $nic" "$(mtu_of "$nic")" 1500

    echo "-- $nic: without its driver"
    ends 0 apply mtu.toml --allow all
    echo "$bus" >"$driver/unbind"
    ends 0 rollback --allow all
    ends 0 status
    says clean
    echo "$bus" >"$driver/bind"
    until_there "$nic"
done

echo "-- interrupts of cards that swapped their names"
ip link set eth1 up
ip link set eth3 up
sleep 3
cat >irq.toml <<'END'
[irq.eth3]
cpus = "4"
END
ends 0 apply irq.toml
ends 0 rollback
for nic in eth1 eth3; do ip link set $nic down; done
ip link set eth1 name swapping
ip link set eth3 name eth1
ip link set swapping name eth3
ip link set eth1 up
sed -i 's/eth3/eth1/' irq.toml
ends 0 apply irq.toml
for irq in /sys/class/net/eth1/device/msi_irqs/*; do
    is "the affinity of interrupt ${irq##*/}" "$(cat "/proc/irq/${irq##*/}/smp_affinity_list")" 4
done
ends 0 rollback

[ $failures -eq 0 ] || { echo "$failures failures"; exit 1; }
