#!/bin/bash
# The guest has the hardware that README.md says: what the other tests stand on.
#
#   boots.sh KERNEL-PATTERN
# shellcheck disable=SC2053,SC2012 # a pattern; names of the kernel
set -euo pipefail

is() { # WHAT WANTED SEEN
    echo "$1: $3"
    [[ $3 == $2 ]] || { echo "it should be $2"; exit 1; }
}
shape() { lscpu | awk -F: -v name="$1" '$1 == name { print $2 }' | xargs; }

is kernel "$1" "$(uname --kernel-release)"
is sockets 2 "$(shape 'Socket(s)')"
is 'cores of each' 2 "$(shape 'Core(s) per socket')"
is 'threads of each' 2 "$(shape 'Thread(s) per core')"
is 'CPUs of node 0' 0-3 "$(shape 'NUMA node0 CPU(s)')"
is 'CPUs of node 1' 4-7 "$(shape 'NUMA node1 CPU(s)')"
is governors 'conservative ondemand performance powersave schedutil userspace' \
    "$(tr ' ' '\n' </sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors | sort | xargs)"
is 'frequency policies' 8 "$(ls -d /sys/devices/system/cpu/cpufreq/policy* | wc -l)"
is 'idle states of CPU 0' 4 "$(ls -d /sys/devices/system/cpu/cpu0/cpuidle/state* | wc -l)"

nics=(virtio_net:0 e1000e:0 vmxnet3:1 igb:1 virtio_net:1)
for number in 0 1 2 3 4; do
    device=/sys/class/net/eth$number/device
    [ -e $device/numa_node ] || device=$(realpath $device/..) # virtio: of the PCI device above it
    is "eth$number, driver and node" "${nics[number]}" \
        "$(basename "$(readlink /sys/class/net/eth$number/device/driver)"):$(cat "$device/numa_node")"
done
[ -d /sys/bus/netdevsim ] || { echo "there is no netdevsim"; exit 1; }
ip address add 192.0.2.1/24 dev eth0
ip netns add peer
ip link set eth4 netns peer
ip -netns peer address add 192.0.2.2/24 dev eth4
ip -netns peer link set eth4 up
busybox ping -c 1 -w 20 192.0.2.2 >/dev/null || { echo "eth0 and eth4 are not on one wire"; exit 1; }
echo "a packet from eth0 comes back from eth4"
