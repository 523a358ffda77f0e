#!/bin/bash
# The whole hft profile on each NIC model: applied, seen in effect by other programs, verified, rolled back; and the
# guest is as it was before.
#
#   hft.sh [NIC...]
#
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

# What hft leaves to its user: rings, huge pages, and the program that it is for.
cp "$(command -v sleep)" ./feed
taskset --cpu-list 0-7 ./feed 600 &
feed=$!
scheduling() { chrt --pid "$1" | sed 's/.*: //' | xargs; }
may_run_on() { taskset --cpu-list --pid "$1" | sed 's/.*: //'; }
own_hft() { # for $nic
    printf '[profile]\nextends = ["hft"]\n[memory."%s"]\nhugepages.2MiB = 4\n' "$node"
    printf '[nic.%s]\nring.rx = 512\n' "$nic"
}

echo "7 1 4" >/sys/bus/netdevsim/new_device
until [ -e /sys/class/net/eth5 ]; do sleep 0.1; done
ip link set eth5 up
[ $# -gt 0 ] || set -- eth0 eth1 eth2 eth3 eth5
for nic in "$@"; do
    # On the NIC's node, a CPU for nothing but interrupts and one for the program; the kernel has those of the other.
    driver=netdevsim node=0 cpu=2 own=0 others=4,6
    if [ $nic != eth5 ]; then
        driver=$(basename "$(readlink "/sys/class/net/$nic/device/driver")")
        [ "$(cat "/sys/class/net/$nic/device/numa_node" 2>/dev/null || echo 0)" = 0 ] ||
            { node=1 cpu=4 own=6 others=0,2; }
    fi
    echo "== $nic: $driver"
    snapshot "$nic" >before
    own_hft >own.toml
    hft=(apply own.toml --set "nics=$nic" --set "feeds=$nic" --set queues=2 --set "cpus.irq=$cpu" --set "cpus.datapath=$own"
        --set "cpus.housekeeping=$others" --set applications=feed --allow all)
    runs 0 "${hft[@]}" || continue
    cp said applied
    is carrier 1 attribute carrier
    is SMT off cat /sys/devices/system/cpu/smt/control
    is CPUs '0,2,4,6' cat /sys/devices/system/cpu/online
    is governor performance policies scaling_governor
    [ $driver = netdevsim ] || is affinity $cpu affinities
    is gso off feature generic-segmentation-offload
    [ $driver = netdevsim ] || is tso off feature tcp-segmentation-offload
    is gro off feature generic-receive-offload
    is ring 512 ring RX
    is pages 4 cat /sys/devices/system/node/node$node/hugepages/hugepages-2048kB/nr_hugepages
    is 'the program' 'SCHED_FIFO 98' scheduling $feed
    is "the program's CPUs" $own may_run_on $feed
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
    virtio_net | igb | netdevsim) is channels 2 channels Combined ;;
    esac
    runs 0 verify || cat applied
    runs 0 rollback --all --allow all || true
    is 'carrier after rollback' 1 attribute carrier
    is 'the program after rollback' 'SCHED_OTHER 0' scheduling $feed
    snapshot "$nic" >after
    diff before after >differences || complain "$nic: rolled back, the host is not as it was" differences
done
finish
