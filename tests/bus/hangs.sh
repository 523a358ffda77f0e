#!/bin/bash
# A bus that hangs, or that does not give nanotuned its name, holds nothing else: what is watched, measured and taken
# back goes on, and nanotuned ends when it is told to.
#
#   tests/bus/hangs.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

mkdir -p /etc/nanotune
printf '[drift]\npoll = 600\n[metrics]\nlisten = "127.0.0.1:9808"\n' >/etc/nanotune/host.toml
# on_bus VALUE: as the metrics say it.
on_bus() {
    { exec 3<>/dev/tcp/127.0.0.1/9808; } 2>/dev/null || return 1
    printf 'GET /metrics HTTP/1.1\r\n\r\n' >&3
    timeout 3 cat <&3 >scraped || return 1
    grep -q "^nanotune_on_bus $1" scraped
}
# logged TEXT: since the last `lines=$(wc ...)`.
logged() { tail -n +$((lines + 1)) /run/daemon.log | grep -qF -- "$1"; }
since() { lines=$(wc -l </run/daemon.log); }
# works: a change of somebody else is told within a second, and so it is once it is mended.
works() {
    since
    echo 1 >$idle
    within 2 logged "tcp_slow_start_after_idle"
    since
    echo 0 >$idle
    within 2 logged "tcp_slow_start_after_idle"
}
# ends: nanotuned does, soon after it is told to.
ends() {
    kill "$daemon"
    within 5 sh -c "! kill -0 $daemon"
    wait "$daemon" || fail "nanotuned ended with $?"
}

start_bus
start_daemon
nanotune apply idle.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
state_is tuned
on_bus 1 || { cat scraped; fail "it is not measured that it is on the bus"; }
echo "== a command is told that it waits for a bus that hangs, also where that begins to after it has connected"
mkdir relay
touch relay/stopped
"$tree/tests/bus/relay.py" /run/here/relay/own relay NameHasOwner &
within 5 test -S relay/own
asks() { DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/here/relay/own timeout 60 "$build/bin/nanotune" status "$@" >said 2>&1; }
asks --timeout 3s &
asking=$!
within 3 grep -q "waiting for the system bus to answer, for 3 s at most (--timeout)" said
test -e relay/stopped-up || fail "it hangs somewhere else"
status=0
wait $asking || status=$?
[ $status -eq 7 ] || { cat said; fail "it ends with $status"; }
grep -q "the system bus has not answered for 3 s (--timeout): it hangs" said || { cat said; fail "words"; }
asks --timeout 30s &
asking=$!
within 3 grep -q "waiting for the system bus" said
rm relay/stopped
wait $asking || { cat said; fail "no status once the bus answers"; }
grep -q "^state  *tuned" said || { cat said; fail "no status once the bus answers"; }
rm relay/stopped-up
stop_daemon

echo "== a bus that hangs when the name is asked for holds nothing"
touch relay/stopped
"$tree/tests/bus/relay.py" /run/here/relay/bus relay RequestName &
within 5 test -S relay/bus
since
DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/here/relay/bus "$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
within 20 test -e relay/stopped-up
within 3 logged "own the name org.nanotune1: it has not answered yet"
works
on_bus 0 || { cat scraped; fail "it is not measured that nobody reaches it"; }
is_owned org.nanotune1 && fail "the bus did not hang"
since
rm relay/stopped
within 20 is_owned org.nanotune1
within 2 logged "connected to the system bus"
on_bus 1 || { cat scraped; fail "it is not measured that it is reached again"; }
touch relay/stopped
ends
rm relay/stopped-up
DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/here/relay/bus "$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
within 20 test -e relay/stopped-up
sleep 1.5
ends

echo "== one that hangs with the name given, and takes nothing of what it is told"
for device in lo veth0 veth1; do
    for name in accept_redirects accept_source_route arp_accept arp_announce arp_ignore arp_notify bootp_relay \
        drop_gratuitous_arp log_martians promote_secondaries rp_filter secure_redirects send_redirects shared_media; do
        echo "conf/$device/$name"
    done
    for name in app_solicit gc_stale_time locktime mcast_solicit proxy_delay proxy_qlen ucast_solicit; do
        echo "neigh/$device/$name"
    done
done >names
sed 's,.*,"net/ipv4/&" = ,' names | while read -r words; do
    echo "${words//\//.}$(cat "/proc/sys/$(echo "$words" | tr -d '"= ')")"
done >>idle.toml
start_daemon
nanotune apply idle.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
is 0
hold "$bus"
works
for _ in $(seq 1 260); do
    while read -r name; do
        read -r value <"/proc/sys/net/ipv4/$name"
        echo $((value ^ 1)) >"/proc/sys/net/ipv4/$name"
    done <names
    sleep 0.1
done
works
echo "on its way to the bus: $(ss -Hxp | grep '"nanotuned"' | awk '$4 > most { most = $4 } END { print most }') bytes"
ends
kill -CONT "$bus"

echo "== a name that is denied is asked for again, and all else goes on"
deny() {
    echo '<busconfig><policy user="root"><deny own="org.nanotune1"/></policy></busconfig>' >/etc/dbus-1/system.d/deny.conf
    reload
}
reload() { busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig; }
is_free() { is_owned org.freedesktop.DBus && ! is_owned org.nanotune1; }
within 20 is_free # once it has read what the last one said
start_daemon
printf '[D-BUS Service]\nName=org.nanotune1\nExec=/bin/sleep 60\nUser=root\n' >/usr/share/dbus-1/system-services/org.nanotune1.service
deny
kill "$bus"
wait "$bus" || true
rm -f /run/dbus/system_bus_socket
since
begun=$lines
start_bus
within 10 logged "own the name org.nanotune1: "
works
on_bus 0 || { cat scraped; fail "it is not measured that nobody reaches it"; }
is_owned org.nanotune1 && fail "it is not denied"
sleep 4
lines=$begun
[ "$(tail -n +$((begun + 1)) /run/daemon.log | grep -c "own the name")" -eq 1 ] || fail "it is said again and again"
logged "trying again, each 30 s at last" || fail "words"
# Both run for long enough by now: the name would be there.
sleep 1
SECONDS=0
for _ in 1 2 3 4 5 6; do nanotune status >said 2>&1 || { cat said; fail "no status"; }; done
[ $SECONDS -lt 4 ] || fail "commands wait for a name that does not come: $SECONDS s for six of them"
for mode in --bus ""; do # where the bus would start the daemon, it starts none beside it
    status=0
    nanotune status $mode >said 2>&1 || status=$?
    grep -q "nanotuned (process $daemon) .*it does not own org.nanotune1.*systemctl status nanotuned" said || { cat said; fail "words"; }
    [ $status -eq "$([ "$mode" ] && echo 1 || echo 0)" ] || { cat said; fail "status $mode ends with $status"; }
done
grep -q "^state  *tuned" said || { cat said; fail "no status without it"; }
rm /etc/dbus-1/system.d/deny.conf
reload
within 40 is_owned org.nanotune1
within 2 logged "connected to the system bus"
nanotune status >said 2>&1
! grep -q "does not own" said || { cat said; fail "it is reached, and said not to be"; }
ends
deny
since
"$build/bin/nanotuned" 2>>/run/daemon.log &
daemon=$!
within 10 logged "own the name org.nanotune1: "
works
ends
