#!/bin/bash
# Any client drives nanotuned over the bus: here busctl does.
#
#   tests/bus/serves.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

start_bus
start_daemon --profile-dir /run/here/profiles

echo "== the interface is the one that the README shows"
busctl introspect org.nanotune1 /org/nanotune1 org.nanotune1.Manager | sed 's/ *$//' >shown
sed -n '/^NAME  *TYPE  *SIGNATURE/,/^```/p' "$tree/README.md" | sed '/^```/d; s/ *$//' >expected
[ -s expected ] || fail "the README shows no interface"
diff -u expected shown || fail "the README shows another interface"

echo "== a plan is a job, with its rows"
[ "$(property State)" = clean ]
plan=$(manager Plan "sa(ssh)a(ss)a{sv}" quick 0 0 0 | job_of)
[ -n "$plan" ] || fail "no job"
job "$plan" Wait >result
grep -q '"exit" i 2' result || { cat result; fail "a plan's exit"; }
grep -q '"rows" t 1' result || { cat result; fail "a plan's rows"; }
job "$plan" Rows st rows 0 >rows
grep -q '"sysctl.net.ipv4.tcp_slow_start_after_idle" "host" "" "1" "0"' rows || { cat rows; fail "a plan's row"; }
is 1 || fail "a plan has written"
[ "$(busctl get-property org.nanotune1 "$plan" org.nanotune1.Job State)" = 's "ended"' ]
busctl tree org.nanotune1 | grep -q "$plan" || fail "no object for the job"
job "$plan" Close
within 5 sh -c "! busctl tree org.nanotune1 | grep -q $plan"

echo "== an apply is heard of, and so is its rollback"
busctl monitor org.nanotune1 >heard 2>/dev/null &
monitor=$!
sleep 0.5
apply=$(manager Apply "sa(ssh)a(ss)a{sv}" quick 0 0 1 timeout u 30000 | job_of)
job "$apply" Wait | grep -q '"state" s "tuned"'
is 0 || fail "nothing is applied"
[ "$(property ActiveProfile)" = quick ]
property ProfileHash | grep -Eq '^[0-9a-f]{64}$'
state_is tuned
verify=$(manager Verify "sa(ssh)a(ss)a{sv}" "" 0 0 0 | job_of)
job "$verify" Wait | grep -q '"exit" i 0'
rollback=$(manager Rollback "a{sv}" 1 all b true | job_of)
job "$rollback" Wait | grep -q '"state" s "clean"'
is 1 || fail "nothing is rolled back"
state_is clean
within 5 grep -q '"clean"' heard
kill $monitor
grep -q PropertiesChanged heard || fail "no signal"
grep -q '"tuned"' heard || { cat heard; fail "no signal of the state"; }
grep -q '"LastReport"' heard || { cat heard; fail "no signal of the last report"; }

echo "== the last report stays to be read"
manager_says() { busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager "$1"; }
manager_says LastReport >last
grep -q '"verb" s "rollback"' last || { cat last; fail "the last report"; }
grep -q '"exit" i 0' last || { cat last; fail "the last report's exit"; }

echo "== texts: profiles by name, what one comes down to, what is there"
list=$(manager ListProfiles | job_of)
job "$list" Wait >result
grep -q '"state" s "unknown"' result || { cat result; fail "a list of profiles says how the host stands"; }
job "$list" Text t 0 | grep -q 's "quick\\n"' || { job "$list" Text t 0; fail "the list of profiles"; }
show=$(manager ShowProfile "sa(ssh)a(ss)" quick 0 0 | job_of)
job "$show" Wait >/dev/null
job "$show" Text t 0 | grep -q tcp_slow_start_after_idle
capture=$(manager Capture | job_of)
job "$capture" Wait >/dev/null
job "$capture" Text t 0 | grep -q tcp_slow_start_after_idle

echo "== errors have the codes' names and the command's words"
refused() { # SAYING COMMAND...: the error that busctl prints has this in it
    local saying=$1
    shift
    if "$@" >said 2>&1; then cat said; fail "not refused: $*"; fi
    grep -qF "$saying" said || { cat said; fail "not said: $saying"; }
}
refused 'there is no option "colour" here' manager Apply "sa(ssh)a(ss)a{sv}" quick 0 0 1 colour s red
refused 'option confirm: 0: expected 1 to 86400' manager Apply "sa(ssh)a(ss)a{sv}" quick 0 0 1 confirm u 0
refused 'of another type' manager Apply "sa(ssh)a(ss)a{sv}" quick 0 0 1 strict s yes
refused 'the daemon opens no path' manager Apply "sa(ssh)a(ss)a{sv}" /run/here/idle.toml 0 0 0
verify=$(manager Verify "sa(ssh)a(ss)a{sv}" "" 0 0 0 | job_of) # a job that has ended is kept for a minute
job "$verify" Wait >/dev/null
refused 'has no list "columns"' job "$verify" Rows st columns 0
refused 'the daemon opens no path' manager Apply "sa(ssh)a(ss)a{sv}" ../idle.toml 0 0 0
missing=$(manager Plan "sa(ssh)a(ss)a{sv}" missing 0 0 0 | job_of)
job "$missing" Wait >result
grep -q '"not_found" "no profile is called \\"missing\\" in /run/here/profiles' result || { cat result; fail "words"; }

echo "== nanotuned ends when it is told to, once who was told of a job's end has had time to read it, and leaves nothing"
plan=$(manager Plan "sa(ssh)a(ss)a{sv}" quick 0 0 0 | job_of)
job "$plan" Wait >/dev/null
kill "$daemon"
job "$plan" Rows st rows 0 | grep -q tcp_slow_start_after_idle || fail "what a plan has found can no longer be read"
wait "$daemon" || fail "nanotuned ended with $?"
[ ! -e /run/nanotuned/instance ] || fail "its note is left"
