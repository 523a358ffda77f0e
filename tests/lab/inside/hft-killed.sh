#!/bin/bash
# Kills `nanotune apply hft` at random moments: of virtio-net once in each third of what an undisturbed one takes, of
# every other NIC model once in the middle. After each, rollback brings the guest back to what it was: by capture, and by
# what ethtool, sysctl and the kernel's files show.
#
#   hft-killed.sh [SEED] NIC...
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

seed=$((10#${EPOCHREALTIME/*[.,]/})) # one that goes on from its saved state draws the same each time from what a guest has
[[ $1 != [0-9]* ]] || { seed=$1 && shift; }
RANDOM=$seed
echo "seed $seed"
nics=("$@")
if [[ " $* " == *' eth5 '* ]]; then # netdevsim
    echo '7 1 4' >/sys/bus/netdevsim/new_device
    until [ -e /sys/class/net/eth5 ]; do sleep 0.1; done
    ip link set eth5 up
fi
smt=/sys/devices/system/cpu/smt/control
mkfifo idle
exec {idle}<>idle

apply_to() { # NIC: in the array hft, with the interrupts' CPU on its node
    local cpu=2
    [ "$(cat "/sys/class/net/$1/device/numa_node" 2>/dev/null || echo 0)" = 0 ] || cpu=4
    hft=(apply hft --set "nics=$1" --set "feeds=$1" --set queues=2 --set "cpus.irq=$cpu" --set cpus.housekeeping=0 --allow all)
}
show() { # BEFORE-OR-AFTER: both views of the guest
    nanotune capture >"captured-$1"
    # A governor's threads come back under other numbers.
    { snapshot "${nics[@]}" && kernel_threads | cut --delimiter=' ' --fields=2- | sort; } >"$1"
}
restored() { # WHAT
    show after
    diff captured-before captured-after >differences || complain "$1: the capture differs" differences
    diff before after >differences || complain "$1: the guest differs" differences
}

# killed NIC MILLISECONDS [seen]: that long after its start, or after its first change is seen. Whether that was in the
# middle is in the variable ended.
killed() {
    local victim state
    nanotune "${hft[@]}" >killed 2>&1 &
    victim=$!
    while [ $# -gt 2 ] && read -r state <$smt && [ "$state" = on ] && kill -0 $victim 2>/dev/null; do
        read -r -t 0.02 -u "$idle" _ || true # a pause without a process
    done
    sleep "$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))"
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    nanotune status >state 2>&1 || true
    ended=finished
    ! grep --quiet --ignore-case interrupted state || ended='in the middle'
    runs 0 rollback --all --allow all || true
    echo "$1: killed $2 ms after its ${3:+first change was }${3:-start} ($ended): rolled back"
}

in_the_middle() { # NIC: an apply that has finished by then is killed earlier the next time
    local within
    for within in 600 200 60 20; do
        killed "$1" $((RANDOM * within / 32768)) seen
        [ "$ended" = finished ] || return 0
    done
    complain "no kill met an apply to $1 in the middle" killed
}

show before
for nic in "${nics[@]}"; do
    apply_to "$nic"
    if [ "$nic" != eth0 ]; then
        in_the_middle "$nic"
        restored "$nic, killed"
        continue
    fi
    for _ in 1 2; do # the first one also tries each plugin in a child
        started=${EPOCHREALTIME/[.,]/}
        runs 0 "${hft[@]}"
        took=$((${EPOCHREALTIME/[.,]/} - started))
        runs 0 rollback --all --allow all
    done
    restored "$nic, undisturbed"
    echo "an apply takes $((took / 1000)) ms"
    interrupted=0
    for round in 0 1 2; do
        killed "$nic" $(((round * 32768 + RANDOM) * (took / 1000) / 98304))
        [ "$ended" = finished ] || interrupted=$((interrupted + 1))
        restored "$nic, killed in third $((round + 1))"
    done
    if [ $interrupted -eq 0 ]; then # beside other work, one takes longer than another
        in_the_middle "$nic"
        restored "$nic, killed in the middle"
    fi
done
finish
