#!/bin/bash
# The kernel's own threads moved off CPUs, timer slack, and control groups that get CPUs to themselves, checked with
# taskset and the kernel's files; and a CPU that goes offline in the middle of an apply.
# shellcheck disable=SC2317,SC2119 # functions that sets is given, and no device
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/readers.sh"

may_run_on() { taskset --cpu-list --pid "$1" | sed 's/.*: //'; }

kernel_threads >before
echo '[process.kernel-threads]
match = { kthread = "*" }
keep_off = { value = "4-7", optional = true }' >profile.toml
nanotune plan profile.toml --verbose >said || [ $? -eq 2 ]
grep --quiet 'ksoftirqd/7 is unmovable: the kernel itself binds it to CPU 7' said ||
    complain "plan does not say that ksoftirqd/7 stays" said
runs 0 apply profile.toml
kernel_threads >held
moved=$(wc -l <held)
while read -r pid cpus _; do
    seen=$(may_run_on "$pid")
    [[ $seen == "$cpus" && ! $seen =~ [4-7] ]] || complain "kernel thread $pid may run on $seen"
done <held
[ "$moved" -gt 10 ] || complain "only $moved threads of the kernel's can be moved"
[ "$(may_run_on "$(pgrep --exact ksoftirqd/7)")" = 7 ] || complain "ksoftirqd/7 has moved"
runs 0 verify
runs 0 rollback
kernel_threads >after
diff before after >differences || complain "rolled back, the kernel's threads are not where they were" differences
echo "kernel threads: $moved kept off CPUs 4-7, all are back"

cp "$(command -v sleep)" ./feed
taskset --cpu-list 0-7 ./feed 600 &
feed=$!
table '[process.feed]'
sets match '{ comm = "feed" }'
sets timer_slack '"1ns"' 1 cat /proc/$feed/timerslack_ns
sets keep_off '"0-3"' 4-7 may_run_on $feed
limit() { prlimit --pid "$feed" "--$1" --output SOFT,HARD --noheadings --raw; }
sets limit.memlock '"64MiB:128MiB"' "67108864 134217728" limit memlock
sets limit.nofile '"2048:4096"' "2048 4096" limit nofile
sets limit.rtprio '"50"' "50 50" limit rtprio
sets limit.nice '"30:40"' "30 40" limit nice
check_all "a process"

echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/feed.slice/rx
echo +cpuset >/sys/fs/cgroup/feed.slice/cgroup.subtree_control
group() { cat "/sys/fs/cgroup/$1"; }
table '[process.group]'
sets match '{ cgroup = "feed.slice" }'
sets cgroup.cpus '"6-7"' 6-7 group feed.slice/cpuset.cpus.effective
sets cgroup.memory_nodes '"1"' 1 group feed.slice/cpuset.mems.effective
sets cgroup.partition '"isolated"' isolated group feed.slice/cpuset.cpus.partition
check_all "a control group"
[ -z "$(group feed.slice/cpuset.cpus)$(group feed.slice/cpuset.mems)" ] || complain "the control group has lists of its own"
echo $feed >/sys/fs/cgroup/feed.slice/rx/cgroup.procs

echo '[process.group]
match = { unit = "feed.slice" }
cgroup.cpus = "6-7"
cgroup.partition = "isolated"' >profile.toml
runs 0 apply profile.toml
[ "$(group cpuset.cpus.effective)" = 0-5 ] || complain "the others still have $(group cpuset.cpus.effective)"
[ "$(may_run_on $feed)" = 6,7 ] || complain "the process of the partition may run on $(may_run_on $feed)"
runs 0 rollback
[ "$(may_run_on $feed)" = 0-7 ] || complain "rolled back, the process may run on $(may_run_on $feed)"
[ "$(group cpuset.cpus.effective)" = 0-7 ] || complain "the others have $(group cpuset.cpus.effective)"

echo '[process.group]
match = { cgroup = "feed.slice/rx" }
cgroup.cpus = "6"
cgroup.partition = "isolated"' >profile.toml
runs 4 apply profile.toml
grep --quiet 'says isolated invalid (Parent is not a partition root)' said ||
    complain "apply does not say in the kernel's words why this is no partition" said
[ "$(group feed.slice/rx/cpuset.cpus.partition) $(group feed.slice/rx/cpuset.cpus.effective)" = "member 0-7" ] ||
    complain "the control group is not as it was"
echo "a partition below a group that is none: refused in the kernel's words, and taken back"
kill $feed

# A CPU goes offline while the NIC's link is away, which its new ring took.
echo '[nic.eth1]
ring.rx = 512
[cpu."7"]
wake_latency = "50us"' >profile.toml
nic=eth1
ring_before=$(ring RX)
{
    # Without a process of its own for each look: the link is back in a second.
    until read -r link </sys/class/net/eth1/carrier && [ "$link" = 0 ]; do :; done
    echo 0 >/sys/devices/system/cpu/cpu7/online
} &
runs 4 apply profile.toml --allow all
wait $!
grep --quiet 'profile.toml:4:1: cpu.wake_latency on cpu7: CPU 7 is offline' said || complain "apply does not say which CPU has gone" said
[ "$(ring RX)" = "$ring_before" ] || complain "the ring holds $(ring RX) instead of $ring_before"
echo 1 >/sys/devices/system/cpu/cpu7/online
echo "CPU 7 offline in the middle of an apply: $(grep --max-count 1 'is offline' said)"
finish
