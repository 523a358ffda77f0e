#!/bin/bash
# How long `nanotune apply hft` and `verify` take beside a script of ethtool, sysctl, cpupower and shell that does the
# same. A figure, not a test: CPUs are emulated here, so that only the ratio of the two means something.
#
#   tests/lab/check build/release hft-time.sh [ROUNDS] [LOCALE]
set -euo pipefail
export LC_ALL=${2:-C.UTF-8} # of a root shell on Debian

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"
. "$here/snapshot.sh"

nic=eth0
rounds=${1:-5}
export nic
declare -f interrupts >interrupts.sh

cat >by-hand <<'END'
set -e
. ./interrupts.sh
echo off >/sys/devices/system/cpu/smt/control
cpupower --cpu all frequency-set --governor performance >/dev/null
for cpu in 0 2 4 6; do
    case $cpu in 0) limit=3 ;; *) limit=n/a ;; esac
    echo $limit >/sys/devices/system/cpu/cpu$cpu/power/pm_qos_resume_latency_us
done
ethtool --set-channels $nic combined 2
ethtool --features $nic tso off gso off gro off rxhash on
ethtool --coalesce $nic adaptive-rx off adaptive-tx off rx-usecs 0 tx-usecs 0 2>/dev/null || true
ethtool --pause $nic autoneg off rx off tx off 2>/dev/null || true
ethtool --set-eee $nic eee off 2>/dev/null || true
echo 0 >/sys/class/net/$nic/napi_defer_hard_irqs
echo 0 >/sys/class/net/$nic/gro_flush_timeout
for number in $(interrupts); do echo 2 >/proc/irq/$number/smp_affinity_list; done
echo 1 >/proc/irq/default_smp_affinity
echo never >/sys/kernel/mm/transparent_hugepage/enabled
echo never >/sys/kernel/mm/transparent_hugepage/defrag
echo 0 >/sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo 0 >/sys/kernel/mm/ksm/run
sysctl --quiet --write net.core.rmem_max=8388608 net.core.wmem_max=8388608 net.core.netdev_max_backlog=5000 \
    net.ipv4.tcp_slow_start_after_idle=0 vm.swappiness=10 vm.stat_interval=10 vm.compaction_proactiveness=0 \
    vm.dirty_ratio=10 vm.dirty_background_ratio=3 vm.zone_reclaim_mode=0 kernel.numa_balancing=0 \
    net.core.busy_read=50 net.core.busy_poll=50 net.ipv4.tcp_autocorking=0 net.ipv4.tcp_fastopen=3 \
    kernel.timer_migration=0 net.ipv4.igmp_max_memberships=512 kernel.soft_watchdog=0 \
    kernel.sched_autogroup_enabled=0 kernel.sched_rt_runtime_us=-1
for folder in /proc/[0-9]*; do
    read -r stat <$folder/stat || continue
    set -- ${stat##*)}
    [ $(($7 & 0x4200000)) -eq $((0x200000)) ] || continue
    taskset --pid --cpu-list 0,2 ${folder##*/} >/dev/null
done
END

cat >looked-at-by-hand <<'END'
set -e
. ./interrupts.sh
cat /sys/devices/system/cpu/smt/control
cpupower --cpu all frequency-info --policy
cat /sys/devices/system/cpu/cpu[0246]/power/pm_qos_resume_latency_us
ethtool --show-channels $nic
ethtool --show-features $nic
ethtool --show-coalesce $nic 2>/dev/null || true
ethtool --show-pause $nic 2>/dev/null || true
ethtool --show-eee $nic 2>/dev/null || true
cat /sys/class/net/$nic/{napi_defer_hard_irqs,gro_flush_timeout} /proc/irq/default_smp_affinity
for number in $(interrupts); do cat /proc/irq/$number/smp_affinity_list; done
cat /sys/kernel/mm/transparent_hugepage/{enabled,defrag,khugepaged/defrag} /sys/kernel/mm/ksm/run
sysctl net.core.rmem_max net.core.wmem_max net.core.netdev_max_backlog net.ipv4.tcp_slow_start_after_idle \
    vm.swappiness vm.stat_interval vm.compaction_proactiveness vm.dirty_ratio vm.dirty_background_ratio \
    vm.zone_reclaim_mode kernel.numa_balancing net.core.busy_read net.core.busy_poll net.ipv4.tcp_autocorking \
    net.ipv4.tcp_fastopen kernel.timer_migration net.ipv4.igmp_max_memberships \
    kernel.soft_watchdog kernel.sched_autogroup_enabled kernel.sched_rt_runtime_us
for folder in /proc/[0-9]*; do
    read -r stat <$folder/stat || continue
    set -- ${stat##*)}
    [ $(($7 & 0x4200000)) -ne $((0x200000)) ] || taskset --pid --cpu-list ${folder##*/}
done
END

# Back to what it was before, not timed.
names=$(grep --only-matching --extended-regexp '\b(net|vm|kernel)(\.[a-z0-9_]+)+' looked-at-by-hand)
sysctl $names >sysctls
kernel_threads >threads
for number in $(interrupts); do echo "$number $(cat "/proc/irq/$number/smp_affinity_list")"; done >affinities
for file in /sys/kernel/mm/transparent_hugepage/{enabled,defrag,khugepaged/defrag} /sys/kernel/mm/ksm/run \
    /proc/irq/default_smp_affinity; do
    echo "$file $(sed 's/.*\[\(.*\)\].*/\1/' "$file")"
done >files
governor=$(cat /sys/devices/system/cpu/cpufreq/policy0/scaling_governor)
queues=$(channels Combined)
back() {
    local file value
    echo on >/sys/devices/system/cpu/smt/control
    cpupower --cpu all frequency-set --governor "$governor" >/dev/null
    for file in /sys/devices/system/cpu/cpu[0-7]/power/pm_qos_resume_latency_us; do echo 0 >"$file"; done
    ethtool --set-channels $nic combined "$queues"
    ethtool --features $nic tso on gso on gro on rxhash off
    ethtool --features $nic tx-tcp-mangleid-segmentation off # which tso turns on as well
    while read -r number value; do echo "$value" >"/proc/irq/$number/smp_affinity_list"; done <affinities
    while read -r file value; do echo "$value" >"$file"; done <files
    sysctl --quiet --load=sysctls
    while read -r number value _; do
        taskset --pid --cpu-list "$value" "$number" >/dev/null 2>&1 || true # a governor's has ended
    done <threads
}

hft=(apply hft --set "nics=$nic" --set "feeds=$nic" --set queues=2 --set cpus.irq=2 --set cpus.housekeeping=0
    --allow all)
us() { # COMMAND...: how long it takes; what it says is in the file said
    local started=${EPOCHREALTIME/[.,]/} status=0
    "$@" >said 2>&1 || status=$?
    echo $((${EPOCHREALTIME/[.,]/} - started))
    [ $status -eq 0 ] || complain "$* ended with $status" said >&2
}
look() { snapshot "$nic" && kernel_threads | cut --delimiter=' ' --fields=2- | sort; }

look >before
for _ in $(seq "$rounds"); do
    us nanotune "${hft[@]}" >>nanotune.apply
    look >by-nanotune
    us nanotune verify >>nanotune.verify
    us nanotune rollback --all --allow all >>nanotune.rollback
    look >after
    diff before after >differences || complain "after a rollback the guest differs" differences
    us bash by-hand >>by-hand.apply
    look >by-script
    us bash looked-at-by-hand >>by-hand.verify
    back
    look >after
    diff before after >differences || complain "after the script was taken back the guest differs" differences
done
if ! diff by-nanotune by-script >differences; then
    echo "what the two leave differs in $(grep --count '^[<>]' differences) lines:"
    head -n 20 differences
fi

middle() { sort --numeric-sort "$1" | sed -n "$((rounds / 2 + 1))p"; }
echo "milliseconds, the middle one of $rounds rounds:"
for what in apply verify; do
    ours=$(middle nanotune.$what) theirs=$(middle by-hand.$what)
    echo "$what: nanotune $((ours / 1000)), the script $((theirs / 1000)): $((100 * ours / theirs)) %"
done
echo "rollback: nanotune $(($(middle nanotune.rollback) / 1000))"
finish
