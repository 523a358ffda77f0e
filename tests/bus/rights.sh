#!/bin/bash
# Who may do what over the bus is decided for each call, by polkit; without polkit only root may.
#
#   tests/bus/rights.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

# denied USER SAYING METHOD...: with the error's name, and nothing is written.
denied() {
    local user=$1 saying=$2
    shift 2
    if as "$user" busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager "$@" >said 2>&1; then
        fail "$user may: $*"
    fi
    grep -qF "$saying" said || { cat said; fail "$user is not told: $saying"; }
    is 1 || fail "$user has written"
}
begins_as() {
    local user=$1
    shift
    as "$user" busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager "$@" | job_of
}
waits_as() { as "$1" busctl call org.nanotune1 "$2" org.nanotune1.Job Wait; }
quick=(Apply "sa(ssh)a(ss)a{sv}" quick 0 0 0)

start_bus
start_daemon --profile-dir /run/here/profiles

echo "== without polkit only root may change"
denied daemon "org.nanotune1.apply: user 1 may not: polkit, which would have to allow it, does not answer" "${quick[@]}"
denied nobody "does not answer" Rollback "a{sv}" 0
apply=$(begins_as root "${quick[@]}")
job "$apply" Wait | grep -q '"state" s "tuned"'
rollback=$(begins_as root Rollback "a{sv}" 0)
job "$rollback" Wait | grep -q '"state" s "clean"'

start_polkit

echo "== with polkit its rules decide, for each action"
denied nobody "org.nanotune1.apply: user 65534 may not: polkit" "${quick[@]}"
denied nobody "org.nanotune1.apply" Confirm
denied nobody "org.nanotune1.rollback" Rollback "a{sv}" 0
denied nobody "org.nanotune1.inspect" Plan "sa(ssh)a(ss)a{sv}" quick 0 0 0
denied nobody "org.nanotune1.inspect" Capture
denied games "org.nanotune1.apply" "${quick[@]}"
show=$(begins_as nobody ShowProfile "sa(ssh)a(ss)" quick 0 0)
waits_as nobody "$show" | grep -q '"exit" i 0' || fail "nobody may see a profile"
plan=$(begins_as games Plan "sa(ssh)a(ss)a{sv}" quick 0 0 0)
waits_as games "$plan" | grep -q '"rows" t 1'
apply=$(begins_as daemon "${quick[@]}")
waits_as daemon "$apply" | grep -q '"state" s "tuned"' || fail "who is authorised is not served"
is 0 || fail "nothing is applied"
echo 0 >$idle

echo "== a job is its owner's and root's"
as nobody busctl call org.nanotune1 "$apply" org.nanotune1.Job Wait >said 2>&1 && fail "another user's job is told"
grep -q "is another user's" said || { cat said; fail "words"; }
job "$apply" Wait | grep -q '"state" s "tuned"'

echo "== everybody may see the state, and nobody without the right the rows"
[ "$(as nobody busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager State)" = 's "tuned"' ]
status=$(begins_as nobody Status)
waits_as nobody "$status" >said
grep -q '"profile" s "quick"' said || { cat said; fail "no status"; }
grep -q '"rows" t 0' said || { cat said; fail "rows are told to nobody"; }
status=$(begins_as games Status)
waits_as games "$status" | grep -q '"rows" t 1'

echo "== nobody but root is org.nanotune1"
stop_daemon
as nobody "$build/bin/nanotuned" --state-dir /run/here/nobody >said 2>&1 && fail "nobody owns the name"
grep -q nanotuned: said || { cat said; fail "words"; }
