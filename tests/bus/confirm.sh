#!/bin/bash
# What nobody confirms is taken back, whatever becomes of the client, of the bus and of nanotuned.
#
#   tests/bus/confirm.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

apply_for() { nanotune apply idle.toml --bus --confirm "$1" >said 2>&1 || { cat said; fail "not applied"; }; }

start_bus
start_daemon

echo "== nobody confirms: taken back at the deadline"
apply_for 1s
grep -q "it will be rolled back at .* (in 1s) unless it is confirmed before" said || { cat said; fail "words"; }
pgrep -f "nanotune guard" && fail "there is a guard besides the daemon"
within 20 is 1
within 20 state_is clean
grep -q "nobody confirmed /run/here/idle.toml: it is rolled back" /run/daemon.log || fail "not logged"

echo "== what is confirmed stays"
apply_for 2s
state_is "awaiting confirmation"
nanotune confirm --bus | grep -q "stays applied"
state_is tuned
sleep 2.5
is 0 || fail "what was confirmed is taken back"
nanotune rollback --bus >said

echo "== what is confirmed is what boots, also where its file is another by then, and the daemon was started anew"
apply_for 600s
echo "# edited" >>idle.toml
printf '"net.ipv4.tcp_sack" = 1\n' >>idle.toml
kill -KILL "$daemon"
wait "$daemon" || true
start_daemon
nanotune confirm --bus >said
! grep -q "not kept" said || { cat said; fail "not kept"; }
grep -q "tcp_slow_start_after_idle" /var/lib/nanotune/profile.toml || fail "the next boot applies nothing"
! grep -q tcp_sack /var/lib/nanotune/profile.toml || fail "the next boot applies what was never applied"
nanotune rollback --bus >said
sed -i '/edited/,$d' idle.toml
! ls /var/lib/nanotune/profile-*.toml 2>/dev/null || fail "what nobody can want again is kept"

echo "== killed while a confirmation is awaited, and started again: taken back at the deadline"
apply_for 3s
kill -KILL "$daemon"
wait "$daemon" || true
is 0 || fail "a kill has written"
nanotune status --direct >said
grep -q "its guard has gone: nobody .* but nanotuned, once it is started" said || { cat said; fail "it is not said who takes it back"; }
start_daemon
state_is "awaiting confirmation"
for mode in --bus --direct; do
    nanotune status $mode >said
    ! grep -q "its guard has gone" said || { cat said; fail "it is not known that the daemon is the guard ($mode)"; }
done
within 20 is 1
within 20 state_is clean

echo "== killed, and started again after the deadline: taken back at its start"
apply_for 1s
kill -KILL "$daemon"
wait "$daemon" || true
sleep 1.2
is 0 || fail "nobody was there to take it back"
start_daemon
within 20 is 1
within 20 state_is clean

echo "== stopped while a confirmation is awaited: taken back before it ends, also on a frozen host that keeps what is applied"
apply_for 600s
nanotune freeze --bus --reason "nobody is to touch it" >said
stop_daemon
is 1 || fail "what nobody has confirmed stays, and nobody is left who would take it back"
grep -q "nanotuned is stopped, and nobody has confirmed /run/here/idle.toml: .* is rolled back" /run/daemon.log ||
    fail "not logged"
start_daemon
nanotune thaw --bus >said
state_is clean

echo "== clients that want to know something all the time do not put off the deadline"
apply_for 2s
looks=()
for _ in 1 2 3 4; do
    while sleep 0.01; do nanotune status --bus; done >/dev/null 2>&1 &
    looks+=($!)
done
within 20 is 1
kill "${looks[@]}"
wait "${looks[@]}" || true
within 20 state_is clean

echo "== the bus is lost meanwhile: taken back all the same, and served again once it is there"
apply_for 2s
kill "$bus"
wait "$bus" || true
within 20 is 1
rm -f /run/dbus/system_bus_socket
start_bus
within 20 is_owned org.nanotune1
state_is clean
apply_for 1s
within 20 is 1

echo "== started while there is no bus: taken back all the same, and served once there is one"
apply_for 3s
kill -KILL "$daemon"
wait "$daemon" || true
kill "$bus"
wait "$bus" || true
lines=$(wc -l </run/daemon.log)
"$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
within 20 is 1
rm -f /run/dbus/system_bus_socket
start_bus
within 20 is_owned org.nanotune1
state_is clean
tail -n +$((lines + 1)) /run/daemon.log >log
grep -q "^connect to the system bus: .*; trying again each second" log || fail "it is not said that there is none"
[ -z "$(grep "^connect to the system bus: " log | uniq -d)" ] || fail "it is said each second"
grep -q "connected to the system bus" log || fail "not logged"

echo "== started while the bus hangs: taken back all the same, stopped at once, and served once the bus answers"
apply_for 3s
kill -KILL "$daemon"
wait "$daemon" || true
hold "$bus"
lines=$(wc -l </run/daemon.log)
"$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
within 20 is 1
status=0
timeout 30 "$build/bin/nanotune" status --timeout 2s >said 2>&1 || status=$?
[ $status -eq 7 ] || { cat said; fail "a command that finds no bus ends with $status"; }
grep -q "the system bus has not answered for 2 s (--timeout): .* --direct" said || { cat said; fail "words"; }
nanotune status --direct >said || { cat said; fail "no status without it"; }
kill "$daemon"
within 5 sh -c "! kill -0 $daemon"
wait "$daemon" || fail "nanotuned ended with $?"
"$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
tail -n +$((lines + 1)) /run/daemon.log >log
grep -q "^connect to the system bus: it has not answered yet; .*; waiting for it" log || { cat log; fail "it is not said that the bus hangs"; }
kill -CONT "$bus"
within 20 is_owned org.nanotune1
state_is clean

echo "== killed at any time of an apply: the next start leaves it as it was, or applied as a whole"
names="tcp_slow_start_after_idle tcp_fin_timeout tcp_sack tcp_timestamps tcp_keepalive_time tcp_keepalive_intvl
    tcp_retries2 tcp_syn_retries tcp_reordering tcp_window_scaling"
{
    echo '[sysctl]'
    for name in $names; do echo "\"net.ipv4.$name\" = $(($(cat /proc/sys/net/ipv4/$name) ^ 1))"; done
    printf '[nic.veth0]\nmtu = 1400\n[nic.veth1]\nmtu = 1400\n'
} >many.toml
values() {
    for name in $names; do cat /proc/sys/net/ipv4/$name; done
    cat /sys/class/net/veth0/mtu /sys/class/net/veth1/mtu
}
has_settled() { state_is clean || state_is tuned; }
values >before
nanotune apply many.toml --bus --allow drops >said 2>&1 || { cat said; fail "not applied"; }
values >after
! cmp -s before after || fail "nothing to tell apart"
nanotune rollback --bus --allow drops >said 2>&1
for round in $(seq 1 14); do
    nanotune apply many.toml --bus --allow drops >said 2>&1 &
    client=$!
    if [ $((round % 2)) -eq 0 ]; then # as soon as the first write is seen
        while read -r mtu </sys/class/net/veth0/mtu && [ "$mtu" = 1500 ] && kill -0 $client 2>/dev/null; do :; done
    else
        sleep "0.0$((round * 7 % 90 + 10))"
    fi
    kill -KILL "$daemon"
    wait "$daemon" "$client" || true
    start_daemon
    within 20 has_settled
    values >now
    if state_is clean; then
        cmp -s now before || { diff before now; fail "not as it was, in round $round"; }
    else
        cmp -s now after || { diff after now; fail "neither as it was nor applied, in round $round"; }
        nanotune rollback --bus --allow drops >said 2>&1
    fi
done
echo "cut off in the middle, and taken back by the next start: $(grep -c 'was cut off' /run/daemon.log || true) of 14"

echo "== the state folder is removed while a confirmation is awaited: it is taken back all the same, and may be confirmed"
apply_for 4s
rm -r /run/nanotune
within 20 is 1
within 20 state_is clean
grep -q "awaits confirmation was removed, and is put back" /run/daemon.log || fail "not logged"
apply_for 600s
rm -r /run/nanotune
nanotune confirm --bus | grep -q "stays applied" || fail "not confirmed"
is 0 || fail "what was confirmed is taken back"
nanotune rollback --bus >said 2>&1 || { cat said; fail "not rolled back"; }
is 1 || fail "not rolled back"
apply_for 600s
rm -r /run/nanotune
stop_daemon
is 1 || fail "stopped, and nobody is left who would take it back"
start_daemon

echo "== the state folder cannot be read while a confirmation is awaited: taken back once it can"
apply_for 2s
chmod 0777 /run/nanotune
within 20 state_is unknown
sleep 2 # the deadline is over
chmod 0755 /run/nanotune
within 20 is 1
within 20 state_is clean

echo "== the state folder is removed while something is applied that is to be confirmed: it is taken back all the same"
for round in 1 2 3 4 5 6; do
    nanotune apply many.toml --bus --allow drops --confirm 1s >said 2>&1 &
    client=$!
    if [ $((round % 2)) -eq 0 ]; then
        while read -r mtu </sys/class/net/veth0/mtu && [ "$mtu" = 1500 ] && kill -0 $client 2>/dev/null; do :; done
    else
        sleep "0.0$((round * 13 % 90 + 10))"
    fi
    until rm -rf /run/nanotune; do :; done # the daemon may put files there meanwhile
    wait "$client" || true
    has_gone_back() { values >now && cmp -s now before; }
    within 20 has_gone_back
    within 20 state_is clean
done

# in_its_place: what the state folder cannot be made anew for.
in_its_place() {
    until rm -rf /run/nanotune && touch /run/nanotune && [ -f /run/nanotune ]; do :; done
}

echo "== the state folder is removed, and cannot be made anew: taken back all the same, and nothing is left of it elsewhere"
apply_for 2s
in_its_place
within 20 grep -q "not on record any more: .*; it is kept in /var/lib/nanotune/held-.* meanwhile" /run/daemon.log
within 20 is 1
within 20 state_is clean
within 20 sh -c '! ls -d /var/lib/nanotune/held-* 2>/dev/null'
rm /run/nanotune

echo "== the same: confirmed, and put back once the folder can be made"
apply_for 600s
in_its_place
within 20 sh -c 'ls -d /var/lib/nanotune/held-*'
nanotune confirm --bus | grep -q "stays applied" || fail "not confirmed"
state_is tuned
rm /run/nanotune
nanotune verify --bus >said 2>&1 || { cat said; fail "not put back"; }
! ls -d /var/lib/nanotune/held-* 2>/dev/null || fail "it is left elsewhere, too"
nanotune status --direct | grep -q "idle.toml" || fail "not put back"
nanotune rollback --bus >said 2>&1 || { cat said; fail "not rolled back"; }
is 1 || fail "not rolled back"

echo "== the same: nanotuned is stopped"
apply_for 600s
in_its_place
stop_daemon
is 1 || fail "stopped, and nobody is left who would take it back"
rm /run/nanotune
start_daemon
state_is clean

echo "== the state folder is removed meanwhile"
nanotune apply idle.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
nanotune rollback --bus --allow drops >said 2>&1
rm -r /run/nanotune
nanotune apply idle.toml --bus >said 2>&1 || { cat said; fail "not applied into a new folder"; }
nanotune apply idle.toml --direct >said 2>&1 && fail "the daemon has not moved in anew"
grep -q "held by nanotuned" said || { cat said; fail "words"; }
nanotune rollback --bus --allow drops >said 2>&1
stop_daemon

echo "== without a thread for its engine nanotuned says why it ends, and what awaits confirmation is the next one's"
start_daemon
nanotune apply idle.toml --bus --confirm 8s >said 2>&1 || { cat said; fail "not applied"; }
kill -KILL "$daemon"
wait "$daemon" || true
status=0
(ulimit -s $((1 << 40)) && exec timeout 20 "$build/bin/nanotuned") >said 2>&1 || status=$? # no stack has so much room
[ $status -eq 1 ] || { cat said; fail "it ends with $status"; }
grep -q "^nanotuned: no thread is to be had for the engine: " said || { cat said; fail "words"; }
start_daemon
within 20 is 1
within 20 state_is clean
stop_daemon
