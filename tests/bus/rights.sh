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

echo "== a profile that not everybody may read is told to who may inspect the host, and to nobody else"
cp profiles/quick.toml profiles/secret.toml
chmod 600 profiles/secret.toml
for method in ShowProfile CheckProfile; do
    show=$(begins_as nobody $method "sa(ssh)a(ss)" secret 0 0)
    waits_as nobody "$show" >said
    grep -q '"exit" i 1' said || { cat said; fail "nobody sees it"; }
    grep -q "not everybody may read it" said || { cat said; fail "words"; }
done
show=$(begins_as games ShowProfile "sa(ssh)a(ss)" secret 0 0)
waits_as games "$show" | grep -q '"exit" i 0' || fail "who may inspect does not see it"

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

raw_client() { as "$1" /usr/bin/python3 "$tree/tests/bus/raw_client.py" "${@:2}"; }
saying() { # WORDS...: has been said
    grep -qF "$*" said || { cat said; fail "not said: $*"; }
}
as_said() { "$@" >said 2>&1 || { cat said; fail "not said: $*"; }; }

echo "== a file of one's own takes the right to have it read, and is given once, under a name of sensible length"
as_said raw_client nobody check
saying "Error.Denied: org.nanotune1.inspect: user 65534 may not"
as_said raw_client games check
saying ok
as_said raw_client games label
saying "Error.Invalid: a file that is given: its path is empty or too long, or its name longer than 256"
as_said raw_client nobody files
saying "Error.Exhausted: more than 16 files"

echo "== nobody has the daemon keep long texts while polkit decides"
as nobody busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager Freeze "sa{sv}" "$(printf 'x%.0s' {1..1001})" 0 >said 2>&1 &&
    fail "nobody freezes"
saying "a freeze needs a reason, of at most 1000 bytes"

echo "== polkit asks for a password where the call allows that"
as_said raw_client nobody password
saying "agent: ok"
saying "asked 0 times: org.nanotune1.Error.Denied: org.nanotune1.inspect: user 65534 may not"
saying "asked 1 times: org.nanotune1.Error.Denied: org.nanotune1.inspect: user 65534 may not"

echo "== while polkit does not answer, nobody's calls keep little open, and root is served"
open_files() { find "/proc/$daemon/fd" -mindepth 1 | wc -l; }
before=$(open_files)
hold "$polkit"
mkfifo go
raw_client nobody wait <go >said 2>&1 &
waiting=$!
exec 9>go
within 20 sh -c '[ "$(wc -l <said)" -eq 6 ]'
[ "$(grep -c "Error.Exhausted user 65534: polkit is asked too much already" said)" -eq 6 ] || { cat said; fail "words"; }
[ "$(open_files)" -le $((before + 12)) ] || fail "$(open_files) files are open, $before were"
rollback=$(begins_as root Rollback "a{sv}" 0)
job "$rollback" Wait | grep -q '"state" s "clean"' || fail "root is not served"
exec 9>&-
wait $waiting || fail "it did not end"

echo "== a command that leaves before polkit answers does not say that nothing is done"
status=0
as daemon "$build/bin/nanotune" apply /run/here/idle.toml --bus --timeout 2s <&- >said 2>&1 || status=$?
[ $status -eq 5 ] || { cat said; fail "it ends with $status"; }
saying "how the host stands is not known here"

echo "== nor do all of them together keep root from giving a file"
waiting=
for user in bin sys man; do
    raw_client $user wait <go >said.$user 2>&1 9>&- &
    waiting+=" $!"
done
exec 9>go
for user in bin sys man; do
    within 20 sh -c "[ \"\$(wc -l <said.$user)\" -eq 6 ]"
done
cat said.bin said.sys said.man >said
saying "Error.Exhausted too many calls that give files wait for a decision already"
status=0
nanotune plan idle.toml --bus --timeout 3s >said 2>&1 || status=$?
[ $status -eq 2 ] || { cat said; fail "root gives no file meanwhile"; }
exec 9>&-
# shellcheck disable=SC2086
wait $waiting || fail "it did not end"
kill -CONT "$polkit"
is_heard_for() {
    ! as "$1" busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager ShowProfile "sa(ssh)a(ss)" idle 0 0 2>&1 |
        grep -q "asked too much"
}
for user in nobody daemon; do
    within 20 is_heard_for $user
done

echo "== what not everybody may read is not told by way of an open profile that extends it, and is applied"
printf '[profile]\nextends = ["./secret.toml"]\n' >profiles/open.toml
is_hidden() {
    show=$(begins_as nobody ShowProfile "sa(ssh)a(ss)" open 0 0)
    waits_as nobody "$show" | grep -q '"exit" i 1' || fail "nobody sees what another profile extends"
    as nobody busctl call org.nanotune1 "$show" org.nanotune1.Job Text t 0 | grep -qx 's ""' || fail "it is told"
}
is_hidden
over_it=$(begins_as daemon Apply "sa(ssh)a(ss)a{sv}" open 0 0 0)
waits_as daemon "$over_it" | grep -q '"state" s "tuned"' || fail "not applied"
is_hidden
back=$(begins_as daemon Rollback "a{sv}" 0)
waits_as daemon "$back" | grep -q '"exit" i 0' || fail "not rolled back"

echo "== nobody but root is org.nanotune1"
stop_daemon
as nobody "$build/bin/nanotuned" --state-dir /run/here/nobody >said 2>&1 && fail "nobody owns the name"
grep -q nanotuned: said || { cat said; fail "words"; }
