#!/bin/bash
# Kills `nanotune apply hft` at random moments, one in each third of what an undisturbed one takes. After each, rollback
# brings the guest back to what it was: by capture, and by what ethtool, sysctl and the kernel's files show.
#
#   hft-killed.sh [SEED]
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

nic=eth0
hft=(apply hft --set "nics=$nic" --set "feeds=$nic" --set queues=2 --set cpus.irq=2 --set cpus.housekeeping=0
    --allow all)
show() { # BEFORE-OR-AFTER: both views of the guest
    nanotune capture >"captured-$1"
    # A governor's threads come back under other numbers.
    { snapshot "$nic" && kernel_threads | cut --delimiter=' ' --fields=2- | sort; } >"$1"
}
restored() { # WHAT
    show after
    diff captured-before captured-after >differences || complain "$1: the capture differs" differences
    diff before after >differences || complain "$1: the guest differs" differences
}

show before
for _ in 1 2; do # the first one also tries each plugin in a child
    started=${EPOCHREALTIME/[.,]/}
    runs 0 "${hft[@]}"
    took=$((${EPOCHREALTIME/[.,]/} - started))
    runs 0 rollback --all --allow all
done
restored "undisturbed"

RANDOM=${1:-$$}
echo "seed ${1:-$$}; an apply takes $((took / 1000)) ms"
interrupted=0
for round in 0 1 2; do
    moment=$(((round * 32768 + RANDOM) * (took / 1000) / 98304))
    nanotune "${hft[@]}" >killed 2>&1 &
    victim=$!
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    nanotune status >state 2>&1 || true
    ended=finished
    ! grep --quiet --ignore-case interrupted state || { ended='in the middle' && interrupted=$((interrupted + 1)); }
    runs 0 rollback --all --allow all || true
    restored "killed after $moment ms"
    echo "killed after $moment ms ($ended): rolled back"
done
[ $interrupted -gt 0 ] || complain "no kill met an apply in the middle"
finish
