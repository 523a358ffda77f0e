#!/bin/bash
# SMT, CPU hotplug, frequency scaling and idle latency, checked with lscpu and the kernel's files.
# shellcheck disable=SC2317,SC2119 # functions that sets is given, and no device
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/snapshot.sh"

online() { lscpu --parse=CPU | grep --invert-match '^#' | xargs; }
threads_per_core() { lscpu | awk -F: '/^Thread/ { print $2 + 0 }'; }
policies() { # those of offline CPUs are busy
    { cat "/sys/devices/system/cpu/cpufreq/policy"*"/$1" 2>/dev/null || true; } | sort -u | xargs
}
policy() { cat "/sys/devices/system/cpu/cpufreq/policy$1/$2"; }
workqueue() { cat "/sys/devices/virtual/workqueue/$1"; }
machine_check() { sort -u "/sys/devices/system/machinecheck/machinecheck"*"/$1"; }
idle_state() { # CPU NAME
    local state
    for state in "/sys/devices/system/cpu/cpu$1/cpuidle/state"*; do
        [ "$(cat "$state/name")" != "$2" ] || cat "$state/disable"
    done
}
wake() { cat "/sys/devices/system/cpu/cpu$1/power/pm_qos_resume_latency_us"; }

snapshot >before

table '[cpu]'
sets smt '"off"' 1 threads_per_core
check_all "SMT"

table '[cpu]'
sets smt '"off"' '0 2 4 6' online
sets governor '"performance"' performance policies scaling_governor
check_all "SMT off and a governor"

table '[cpu."3,6"]'
sets online false '0 1 2 4 5 7' online
check_all "CPUs offline"

for governor in powersave ondemand conservative userspace performance; do
    table '[cpu."1"]'
    sets governor "\"$governor\"" $governor policy 1 scaling_governor
    check_all "governor"
done

table '[cpu."2"]'
sets max_frequency '"1400MHz"' 1400000 policy 2 scaling_max_freq
sets min_frequency '"1400MHz"' 1400000 policy 2 scaling_min_freq
table '[cpu."5"]'
sets max_frequency '"1800MHz"' 1800000 policy 5 scaling_max_freq
sets governor '"performance"' performance policy 5 scaling_governor
check_all "frequencies"

# The frequency that the P-state driver runs at follows.
echo '[cpu."6"]
governor = "performance"
max_frequency = "1400MHz"' >profile.toml
runs 0 apply profile.toml
sleep 0.3
[ "$(policy 6 scaling_cur_freq)" = 1400000 ] || complain "CPU 6 runs at $(policy 6 scaling_cur_freq) kHz"
runs 0 rollback

table '[cpu."4"]'
sets wake_latency '"0us"' n/a wake 4
table '[cpu."5"]'
sets wake_latency '"50us"' 50 wake 5
lacks energy_bias 0
lacks energy_preference '"performance"'
table '[cpu]'
lacks turbo false
lacks min_performance '"100%"'
check_all "idle latency"

table '[cpu]'
sets workqueues.unbound_cpus '"0-3"' 0f workqueue cpumask
sets workqueues.cpus '"0-1"' 03 workqueue writeback/cpumask
sets machine_check.interval '"60s"' 60 machine_check check_interval
sets machine_check.ignores_corrected true 1 machine_check ignore_ce
sets idle_states.C3 false 1 idle_state 7 C3
lacks uncore.min_frequency '"800MHz"'
lacks idle_states.C6 false
lacks intel_pstate.mode '"active"'
check_all "work queues, machine checks and idle states"

table '[cpu."5"]'
sets idle_states.C2 false 1 idle_state 5 C2
check_all "an idle state of one CPU"

snapshot >after
diff before after >differences || complain "rolled back, the host is not as it was" differences
finish
