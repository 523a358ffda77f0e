#!/bin/bash
# The way of docs/from-tuned.md on a host that TuneD rules: what it set is imported, TuneD takes it back, nanotune sets it,
# and rollback leads to the host from before TuneD. Each step is compared by other programs' words.
set -euo pipefail
. "$(dirname "$0")/snapshot.sh"
. "$(dirname "$0")/unit.sh"
journal_of=tuned
does() { # STATUSES COMMAND...
    local wanted=$1 status=0
    shift
    "$@" >said 2>&1 || status=$?
    [[ " $wanted " == *" $status "* ]] || fail "$*: ended with $status instead of $wanted"
}
same() { # FILE FILE WHAT
    diff "$1" "$2" >differences || { cat differences; fail "$3"; }
}

taken() { # FILE
    snapshot eth1 >"$1"
    wake_latency_of_all >>"$1"
}
wake_latency_of_all() { od --address-radix=n --format=d4 /dev/cpu_dma_latency | xargs; }
# Each file or sysctl that network-latency sets on this host, by itself and through latency-performance.
tuned_values() {
    cat /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor | sort | uniq -c
    sysctl net.core.busy_read net.core.busy_poll net.ipv4.tcp_fastopen kernel.numa_balancing vm.dirty_ratio \
        vm.dirty_background_ratio vm.swappiness vm.stat_interval
    cat /sys/kernel/mm/transparent_hugepage/enabled
}
# TuneD finds all in effect but a word of the kernel's command line, for which it wants a reboot.
tuned_is_content() {
    : >/var/log/tuned/tuned.log
    does "0 1" tuned-adm verify --ignore-missing
    grep --quiet "verify: passed: 'net.core.busy_poll' = '50'" /var/log/tuned/tuned.log || fail "TuneD does not verify"
    ! grep 'verify: failed' /var/log/tuned/tuned.log | grep --invert-match skew_tick >said || fail "TuneD finds something else than it set"
}

systemctl start dbus
systemctl daemon-reload
mkdir -p /etc/nanotune/profiles
taken before
tuned_values >values.before

echo "== TuneD rules the host"
echo network-latency >/etc/tuned/active_profile
echo manual >/etc/tuned/profile_mode
does 0 systemctl enable --now tuned
deadline=$((SECONDS + 60))
until grep --quiet --no-messages "static tuning from profile 'network-latency' applied" /var/log/tuned/tuned.log; do
    [ $SECONDS -lt $deadline ] || fail "TuneD does not come to its profile"
    sleep 0.2
done
tuned_is_content
tuned_values >values.tuned
[ "$(wake_latency_of_all)" = 1 ] || fail "TuneD asks for another wake latency"
! diff --brief values.before values.tuned >/dev/null || fail "TuneD has set nothing"
does 2 nanotune doctor
grep --quiet TuneD said || fail "doctor does not say that TuneD runs"

echo "== 1. what it has is imported while it still says so"
does 0 nanotune import tuned --out /etc/nanotune/profiles/mine.toml
tail -n 5 said
does "0 2" nanotune plan mine
grep --quiet --ignore-case tuned said || fail "plan does not name the TuneD that runs"

echo "== 2. TuneD takes its own back, and stays away"
does 0 tuned-adm off
does 0 systemctl disable --now tuned
tuned_values >values.off
same values.before values.off "TuneD has left something behind"
taken off
same before off "TuneD has left something behind"

echo "== 3. the same, by nanotune"
does "0 2" nanotune doctor
does 2 nanotune plan mine
does 3 nanotune apply mine --confirm 60s --allow drops # a word of the kernel's command line comes with a reboot
does 0 nanotune confirm
does 3 nanotune verify
grep --quiet '^1 of [0-9]* settings not as mine wants' said && grep --quiet '^boot.skew_tick ' said || fail "more than that word is missing"
tuned_values >values.nanotune
same values.tuned values.nanotune "nanotune has not set what TuneD had"
[ "$(sort -u /sys/devices/system/cpu/cpu*/power/pm_qos_resume_latency_us)" = 1 ] || fail "another wake latency than TuneD had"

echo "== 4. back to the host from before either"
does 0 nanotune rollback --all --allow drops
tuned_values >values.back
same values.before values.back "something has stayed"
taken back
same before back "something has stayed"
