#!/bin/bash
# The command line says the same and ends the same, whether it works in its own process or asks nanotuned.
#
#   tests/bus/modes.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

cat >pair.toml <<'END'
[profile]
extends = ["./idle.toml"]

[sysctl]
"net.ipv4.tcp_fin_timeout" = "${seconds}"
"net.ipv4.nothing_like_this" = 1

[vars]
seconds = "30"
END
sed '/nothing_like/d' pair.toml >good.toml
sed 's/= 0/= "perhaps"/' idle.toml >wrong.toml
echo '[sysctl' >broken.toml
sed 's/idle.toml/idel.toml/' good.toml >lost.toml
{
    echo '[sysctl]'
    for each in $(seq 1 1200); do echo "\"net.ipv4.tcp_fin_timeout.$each\" = \"perhaps\""; done
} >many.toml

# What changes from one run to the next: times, and whom the command was told to ask, and says that it asks.
plain() {
    sed -E -e '/^(no daemon is asked|asking nanotuned)/d' -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' -e 's/ --(bus|direct)//g' \
        -e 's/(held by nanotune)d? \(process [0-9]+: [^)]*\)/\1/'
}
run() { # MODE WORDS...: what the command says, and its status
    local mode=$1 status=0
    shift
    nanotune "$@" "--$mode" >out 2>err || status=$?
    { echo "status $status"; echo "-- out"; plain <out; echo "-- err"; plain <err; }
}
script() { # MODE: every verb, in an order that gives each something to say
    local mode=$1 words
    echo 1 >$idle
    echo 60 >/proc/sys/net/ipv4/tcp_fin_timeout
    while read -r words; do
        echo "== nanotune $words"
        # shellcheck disable=SC2086
        run "$mode" $words
    done <<'END'
status
plan idle.toml
plan idle.toml --json
plan good.toml --set seconds=20
plan good.toml --set minutes=20
plan pair.toml
plan wrong.toml
plan broken.toml
plan missing.toml
plan gold.toml
plan lost.toml
plan missing
plan idle.toml --out plan.json
profile show good.toml
profile show good.toml --json
profile check good.toml
profile check wrong.toml
profile check wrong.toml --json
profile check many.toml
plan many.toml --json
profile check pair.toml
verify
verify good.toml
confirm
rollback
rollback --plan
apply pair.toml
apply wrong.toml --json
apply good.toml --set seconds=25
apply good.toml --set seconds=25
apply plan.json
status
status --json
status --verbose
verify
verify --json --verbose
verify idle.toml
rollback --plan
rollback --plan --json
rollback
status
apply plan.json --confirm 30s
apply good.toml
status
plan good.toml
confirm
verify
capture
boot idle.toml
list sysctl
rollback --all --json
END
}

script direct >direct.said
start_bus
start_daemon
rm -rf plan.json
script bus >bus.said
diff -u direct.said bus.said || fail "the modes differ"
grep -q "status 6\|status 2" direct.said || fail "nothing is told apart"

echo "== who is asked is chosen by itself, said with --verbose, and forced"
# says TEXT COMMAND...: the command succeeds, and has said it.
says() {
    local text=$1
    shift
    "$@" >said 2>&1 || { cat said; fail "$* ends with an error"; }
    grep -qF -- "$text" said || { cat said; fail "$* does not say: $text"; }
}
says "asking nanotuned (process $daemon) over the bus" nanotune status --verbose
says "no daemon is asked: working in this process" nanotune status --verbose --direct
says "no daemon runs: working in this process" nanotune status --verbose --state-dir /run/here/other
says "no daemon runs" unshare --net "$build/bin/nanotune" status --verbose
nanotune status --bus --direct >said 2>&1 && fail "both"
grep -q -- "--bus does not go with --direct" said || { cat said; fail "words"; }

echo "== nobody else writes while nanotuned lives; reading goes on"
nanotune apply idle.toml --direct >said 2>&1 && fail "two of them write"
grep -q "held by nanotuned (process $daemon: nanotuned)" said || { cat said; fail "words"; }
nanotune plan idle.toml --direct >said || [ $? -eq 2 ] || { cat said; fail "no plan"; }
nanotune status --direct >said || { cat said; fail "no status"; }
nanotune apply idle.toml --verbose >said 2>&1 || { cat said; fail "the daemon does not apply"; }
is 0
nanotune verify --direct >said || { cat said; fail "no verify"; }
nanotune rollback >said 2>&1 || { cat said; fail "the daemon does not roll back"; }
nanotune certify --nic veth0 >said 2>&1 && fail "certify writes beside the daemon"
grep -q "nanotuned (process $daemon) looks after this host.*nothing was touched. First: systemctl stop nanotuned" said || { cat said; fail "words"; }
! grep -q "SETTING" said || { cat said; fail "a table of what was not tried"; }
nanotune prove idle.toml --measure 'touch measured; echo 1' >said 2>&1 && fail "prove writes beside the daemon"
grep -q "nanotuned (process $daemon) looks after this host.*nothing was touched. First: systemctl stop nanotuned" said || { cat said; fail "words"; }
[ ! -e measured ] || fail "it was measured before it was refused"
nanotune certify --nic veth0 --bus >said 2>&1 && fail "the daemon certifies"
grep -q -- "--bus does not go with certify" said || { cat said; fail "words"; }
for words in "doctor --bus" "schema --bus" "monitor --direct"; do
    # shellcheck disable=SC2086
    nanotune $words >said 2>&1 && fail "$words"
    grep -q -- "--${words#* --} does not go with ${words% *}: " said || { cat said; fail "words"; }
done
nanotune apply idle.toml >said 2>&1 || { cat said; fail "the daemon does not apply again"; }

echo "== another daemon, with another state folder, changes nothing of that"
"$build/bin/nanotuned" --state-dir /run/here/another 2>another.log &
another=$!
within 20 grep -q "own the name org.nanotune1" another.log
says "asking nanotuned (process $daemon) over the bus" nanotune status --verbose
grep -q "/run/nanotuned/instance is of nanotuned (process $daemon), state in /run/nanotune: " another.log || { cat another.log; fail "words"; }
kill $another
wait $another || fail "the other one ended with $?"
says "asking nanotuned (process $daemon) over the bus" nanotune status --verbose

echo "== a daemon that hangs is waited for as long as --timeout says, and that is said"
hold "$daemon"
timeout 60 "$build/bin/nanotune" status --timeout 4s >said 2>&1 &
asking=$!
within 3 grep -q "waiting for nanotuned (process $daemon) to answer, for 4 s at most (--timeout)" said
kill -0 $asking || fail "it does not wait"
status=0
wait $asking || status=$?
[ $status -eq 7 ] || { cat said; fail "it ends with $status"; }
grep -q "nanotuned (process $daemon) has not answered for 4 s (--timeout): .* --direct" said || { cat said; fail "words"; }
nanotune status --direct >said || { cat said; fail "no status without it"; }
kill -CONT "$daemon"
nanotune monitor --timeout 3s >heard 2>said & # what hangs later is noticed, too: nothing happening is not what it is
listening=$!
within 5 grep -q "state" heard
hold "$daemon"
status=0
wait $listening || status=$?
[ $status -eq 7 ] || { cat said; fail "monitor ends with $status"; }
grep -q "nanotuned (process $daemon) has not answered for 3 s" said || { cat said; fail "words"; }
kill -CONT "$daemon"
nanotune status --timeout 20s >said 2>&1 || { cat said; fail "no status"; }

echo "== what is answered is heard at once"
took() { # MODE: twenty times status, in milliseconds
    local begun
    begun=$(date +%s%3N)
    for _ in $(seq 20); do nanotune status "--$1" >said 2>&1 || { cat said; fail "no status"; }; done
    echo $(($(date +%s%3N) - begun))
}
direct=$(took direct)
asked=$(took bus)
echo "20 times status: $asked ms by the daemon, $direct ms without it"
[ "$asked" -lt $((direct * 10)) ] || fail "a command waits for what has come"

echo "== a saved plan is of the device that it was made for, whoever is asked"
printf '[nic.spare]\nmtu = 1400\n' >spare.toml
ip link add spare type veth peer name other
nanotune plan spare.toml --out spare.json >said 2>&1 || [ $? -eq 2 ] || { cat said; fail "no plan"; }
nanotune plan spare.toml --out direct.json --direct >said 2>&1 || [ $? -eq 2 ] || { cat said; fail "no plan"; }
diff -u spare.json direct.json || fail "the plans differ"
ip link delete spare
ip link add spare type veth peer name other
for mode in bus direct; do
    nanotune apply spare.json --allow drops --$mode >said 2>&1 && fail "another device is changed"
    grep -q "spare.json: spare is another device now: planned for number [0-9]*, veth, today number [0-9]*, veth" said || { cat said; fail "words"; }
    [ "$(cat /sys/class/net/spare/mtu)" -eq 1500 ] || fail "another device is changed"
done
nanotune plan spare.toml --out spare.json >said 2>&1 || [ $? -eq 2 ] || { cat said; fail "no plan"; }
nanotune apply spare.json --allow drops >said 2>&1 || { cat said; fail "the plan does not hold"; }
[ "$(cat /sys/class/net/spare/mtu)" -eq 1400 ] || fail "nothing is applied"
nanotune apply idle.toml --allow drops >said 2>&1 || { cat said; fail "the daemon does not apply again"; }
ip link delete spare

echo "== who may not inspect looks for himself, and may ask for the state"
says "This host is as" as nobody "$build/bin/nanotune" plan /run/here/idle.toml
says "tuned" as nobody "$build/bin/nanotune" status
says "slow_start" as nobody "$build/bin/nanotune" profile show /run/here/idle.toml
as nobody "$build/bin/nanotune" apply /run/here/idle.toml >said 2>&1 && fail "nobody applies"
grep -q "org.nanotune1.apply: user 65534 may not" said || { cat said; fail "words"; }
[ "$(grep -c "nothing was touched" said)" -eq 1 ] && grep -q "^idle is not applied\.$" said || { cat said; fail "whose profile"; }
as nobody "$build/bin/nanotune" plan --bus /run/here/idle.toml >said 2>&1 && fail "nobody plans"
grep -q "^idle was not looked at" said || { cat said; fail "it is not the profile's fault"; }

echo "== without it, commands work in their own process again, or say that they cannot"
kill -KILL "$daemon"
wait "$daemon" || true
nanotune rollback --verbose >said 2>&1 || { cat said; fail "no rollback"; }
grep -q "no daemon runs" said || { cat said; fail "words"; }
is 1
nanotune status --bus >said 2>&1 && fail "no daemon, but it answers"
grep -q -- "--bus: no nanotuned is on the system bus, and the bus cannot start one: systemctl start nanotuned" said || { cat said; fail "words"; }
