#!/bin/bash
# `nanotune prove` on the running kernel: an empty profile makes no difference, one that makes a program slower does,
# and whatever ends it, the host is as it was.
#
#   tests/integration/prove.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/prove"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs "$build/prove"
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
cd "$build/prove"
mkdir tmp
export TMPDIR=$PWD/tmp
ip link set lo up
ip link add veth0 type veth peer name veth1
ip link set veth0 up
ip link set veth1 up
nanotune=$build/bin/nanotune
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
echo 1 >$idle

fail() {
    echo "$1"
    [ ! -f said ] || cat said
    exit 1
}
# proves STATUS WORDS...: in short rounds.
proves() {
    local wanted=$1 status=0
    shift
    "$nanotune" prove "$@" --settle 0s >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "nanotune prove $*: $status instead of $wanted"
}
says() { grep --quiet --fixed-strings -- "$1" said || fail "not said: $1"; }
# The settings that profiles here change, and what nanotune holds.
as_it_was() {
    [ "$(cat $idle)" = 1 ] && [ "$(cat /sys/class/net/veth0/mtu)" = 1500 ] &&
        [ "$(cat /sys/class/net/veth0/tx_queue_len)" = 1000 ] && "$nanotune" status | grep --quiet clean
}
soon_as_it_was() { # guards work by themselves
    local tries=0
    until as_it_was; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || fail "$1: not as it was"
        sleep 0.05
    done
}

cat >empty.toml <<'END'
[profile]
summary = "Nothing at all"
END
cat >slow.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0

[nic.veth0]
txqueuelen = 500
mtu = 1400
END
# A program under this test's control: noise that a seed repeats, whatever awk this is, and 30 more where the profile is in force.
cat >meter <<'END'
#!/bin/sh
read -r count <count || count=0
echo $((count + 1)) >count
read -r idle </proc/sys/net/ipv4/tcp_slow_start_after_idle
read -r queue </sys/class/net/veth0/tx_queue_len
exec awk -v seed="$count" -v more=$(((1 - idle) * 30 + (queue == 500 ? 5 : 0))) '
    function random() { return (seed = seed * 16807 % 2147483647) / 2147483647 }
    BEGIN { seed = seed * 7919 + 1; for (i = -10; i < 40; i++) { noise = random(); if (i >= 0) print 100 + more - log(noise) * 2 } }'
END
chmod +x meter
echo 0 >count

echo "-- an empty profile, forty times"
claims=0
for run in $(seq 40); do
    proves 0 empty.toml --measure ./meter --rounds 8 --seed "$run" --json
    grep --quiet '"is_difference": true' said && claims=$((claims + 1))
done
# Two are promised at most. The runs are the same each time: chance does not decide whether this passes.
echo "$claims of 40 claim a difference"
[ "$claims" -le 2 ] || fail "more false claims than promised"
proves 0 empty.toml --measure ./meter --rounds 8 --seed 1
says "empty makes no difference that 8 rounds could show, in 1 figure."
as_it_was || fail "an empty profile leaves something behind"

echo "-- a planted slow-down, every time"
for run in 1 2 3 4 5; do
    proves 0 slow.toml --allow drops --measure ./meter --unit us --rounds 8 --seed "$run" --html "proof$run.html"
    says "%), worse"
    says "slow makes a difference: 1 of 1 figure is worse."
    as_it_was || fail "a proof leaves something behind"
done
grep --quiet '<svg' proof1.html || fail "the page has no plots"
proves 0 slow.toml --allow drops --measure ./meter --rounds 8 --seed 1 --higher-is-better
says "slow makes a difference: 1 of 1 figure is better."

echo "-- which line it is"
proves 0 slow.toml --allow drops --measure ./meter --seed 1 --ablate --json
python3 - <<'END'
import json
proof = json.load(open("said"))
ranked = [one["part"] for one in proof["left_out"]]
verdicts = {one["part"]: one["measures"][0]["figures"][0]["verdict"] for one in proof["left_out"]}
assert "slow_start_after_idle" in ranked[0], ranked
assert "txqueuelen" in ranked[1], ranked
assert verdicts[ranked[0]] == verdicts[ranked[1]] == "lower", verdicts
assert verdicts["nic.veth0: mtu = 1400"] == "no difference", verdicts
assert [one["outcome"] for one in proof["settings"]] == ["changed"] * 3, proof["settings"]
END
as_it_was || fail "leaving lines out leaves something behind"

echo "-- on top of what is applied"
"$nanotune" apply slow.toml --allow drops >said
cat >mtu.toml <<'END'
[profile]
extends = ["./slow.toml"]
[nic.veth0]
mtu = 1300
END
proves 0 mtu.toml --allow drops --measure ./meter --rounds 8 --seed 1
says "makes no difference"
says "note: before is this host with slow applied, and slow is applied again now"
[ "$(cat /sys/class/net/veth0/mtu)" = 1400 ] || fail "what was applied before is not in force again"
"$nanotune" verify >said || fail "verify"

echo "-- where it cannot begin, nothing is measured either"
refuses() { # STATUS WORDS PROFILE
    proves "$1" "$3" --allow drops --measure 'touch measured; echo 1' --rounds 8
    says "$2"
    [ ! -e measured ] || fail "measured before it was refused"
}
refuses 1 "slow is applied here, so there is nothing to compare it with; nothing was touched. First: $nanotune rollback --plan" slow.toml
"$nanotune" freeze --reason "trading hours" >said
refuses 1 "this host is frozen: trading hours" mtu.toml
says "First: $nanotune thaw"
"$nanotune" thaw >said
"$nanotune" apply mtu.toml --allow drops --confirm 10m >said
refuses 7 "mtu awaits confirmation here until" slow.toml
says "First: $nanotune confirm"
"$nanotune" rollback --all --allow drops >said
as_it_was || fail "rollback"

echo "-- the history has one line for all of that run, and every record as JSON"
proves 0 slow.toml --allow drops --measure ./meter --unit us --rounds 8 --seed 1
COLUMNS=80 "$nanotune" history --last 1 >said
says "0(root)"
says "16 records until"
[ "$(grep --count ' prove ' said)" -eq 1 ] || fail "not one line"
! grep --quiet '.\{81\}' said || fail "wider than 80 columns"
[ "$("$nanotune" history --last 16 --json | grep --count '"client": "nanotune prove"')" -eq 16 ] || fail "not every record"

echo "-- nobody confirms what it tries, and no daemon starts in between"
rm -f measuring
"$nanotune" prove slow.toml --allow drops --settle 0s --rounds 8 --seed 1 >said 2>&1 \
    --measure "[ \$(cat $idle) = 1 ] || [ -e go ] || { touch measuring; until [ -e go ]; do sleep 0.05; done; }; ./meter" &
prove=$!
tries=0
until [ -f measuring ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 400 ] || fail "it never measures with the profile"
    sleep 0.05
done
refused() { # STATUS PROGRAM...: names who has the host
    local wanted=$1 status=0
    shift
    timeout 10 "$@" >other 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || { cat other; fail "$*: $status instead of $wanted"; }
    grep --quiet "nanotune (process $prove: nanotune prove)" other || { cat other; fail "$*: who it is, is not said"; }
}
refused 7 "$nanotune" status
! grep --quiet "nanotune confirm" other || { cat other; fail "status offers to confirm"; }
refused 7 "$nanotune" confirm
refused 7 "$nanotune" rollback --allow drops
refused 7 "$nanotune" certify --nic veth0
refused 1 "$build/bin/nanotuned"
touch go
wait $prove || fail "prove ended with $?"
says "slow makes a difference: 1 of 1 figure is worse."
as_it_was || fail "after others have tried"

echo "-- its own measures"
proves 0 empty.toml --timer --jitter --cpus 0 --duration 20ms --rounds 8 --confidence 90
says "timer wake-up on CPU 0"
says "scheduler jitter on CPU 0"
python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 7007))
while True: s.sendto(*s.recvfrom(2048))' &
echo_server=$!
tries=0
until ss -Hlun 'sport = :7007' | grep --quiet 7007; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || fail "no echo"
    sleep 0.05
done
proves 0 empty.toml --ping 127.0.0.1:7007 --duration 20ms --rounds 7
says "round trip to 127.0.0.1:7007"
kill $echo_server
proves 1 empty.toml --ping 127.0.0.1:7007 --duration 20ms --rounds 7
says "does not answer"

echo "-- refused, with nothing touched"
proves 6 slow.toml --measure ./meter --rounds 8
proves 1 slow.toml --allow drops --measure 'echo many' --rounds 8 --seed 1
proves 1 missing.toml --measure ./meter
as_it_was || fail "what is refused touches something"

echo "-- a program that fails while the profile is in force: rolled back"
proves 4 slow.toml --allow drops --measure "[ \$(cat $idle) = 1 ] && echo 1" --rounds 8
says "this host is as it was before"
as_it_was || fail "after a failure"

# interrupted SIGNAL: while the profile is in force and is measured.
interrupted() {
    rm -f measuring
    "$nanotune" prove slow.toml --allow drops --settle 0s --rounds 8 \
        --measure "[ \$(cat $idle) = 1 ] || { touch measuring; exec sleep 60; }; echo 1" >said 2>&1 &
    local prove=$! tries=0
    until [ -f measuring ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || fail "it never measures with the profile"
        sleep 0.05
    done
    [ "$(cat $idle)" = 0 ] || fail "the profile is not in force"
    kill -"$1" "$prove"
    status=0
    wait "$prove" || status=$?
}
echo "-- Ctrl-C"
interrupted INT
[ "$status" -eq 4 ] || fail "interrupted, it ends with $status"
as_it_was || fail "after Ctrl-C"
echo "-- kill -9"
interrupted KILL
soon_as_it_was "after kill -9"
! pgrep -f 'sleep 60' >/dev/null || fail "the program that measured is left"
[ -z "$(ls -A "$TMPDIR")" ] || fail "files are left: $(ls -A "$TMPDIR")"
