#!/bin/bash
# The whole hft profile on each NIC model: applied, seen in effect by other programs, verified, rolled back; and the
# guest is as it was before.
# shellcheck disable=SC2317
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

is() { # WHAT WANTED READ...
    local what=$1 expected=$2 found
    shift 2
    found=$("$@")
    echo "$nic $what: $found"
    [ "$found" = "$expected" ] || complain "$nic: $what is '$found', not '$expected'"
}
policies() { # those of offline CPUs are busy
    { cat "/sys/devices/system/cpu/cpufreq/policy"*"/$1" 2>/dev/null || true; } | sort -u | xargs
}

for nic in eth0 eth1 eth2 eth3; do
    driver=$(basename "$(readlink "/sys/class/net/$nic/device/driver")")
    echo "== $nic: $driver"
    cpu=2 # the one that keeps nothing but interrupts, on the NIC's node
    [ "$(cat "/sys/class/net/$nic/device/numa_node" 2>/dev/null || echo 0)" = 0 ] || cpu=4
    snapshot "$nic" >before
    hft=(apply hft --set "nics=$nic" --set "feeds=$nic" --set queues=2 --set "cpus.irq=$cpu" --set cpus.housekeeping=0
        --allow all)
    runs 0 "${hft[@]}" || continue
    cp said applied
    is carrier 1 attribute carrier
    is SMT off cat /sys/devices/system/cpu/smt/control
    is CPUs '0,2,4,6' cat /sys/devices/system/cpu/online
    is governor performance policies scaling_governor
    is affinity $cpu affinities
    is gso off feature generic-segmentation-offload
    is tso off feature tcp-segmentation-offload
    is gro off feature generic-receive-offload
    is defer 0 attribute napi_defer_hard_irqs
    is rmem_max 8388608 sysctl --values net.core.rmem_max
    is 'RT throttling' -1 sysctl --values kernel.sched_rt_runtime_us
    is balancing 0 sysctl --values kernel.numa_balancing
    case $driver in
    e1000e | igb)
        is rx-usecs 0 coalesce rx-usecs
        is 'pause autoneg' off pause Autonegotiate
        is 'pause rx' off pause RX
        ;;
    vmxnet3) is lro off feature large-receive-offload ;;
    esac
    case $driver in
    virtio_net | igb) is channels 2 channels Combined ;;
    esac
    runs 0 verify || cat applied
    runs 0 rollback --all --allow all || true
    is 'carrier after rollback' 1 attribute carrier
    snapshot "$nic" >after
    diff before after >differences || complain "$nic: rolled back, the host is not as it was" differences
done
finish
