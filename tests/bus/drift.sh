#!/bin/bash
# What somebody else changes of what is applied is told, put back where that is wanted, and given again to a device
# that comes back: by the kernel's own notices, in a network namespace.
#
#   tests/bus/drift.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

mkdir -p /etc/nanotune
timeouts=/proc/sys/net/ipv4/tcp_fin_timeout
cat >feed.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
"net.ipv4.tcp_fin_timeout" = { value = 30, drift = "yield" }
"net.ipv4.conf.default.forwarding" = 0

[nic.veth0]
mtu = 1400
features.gso = false
rps.cpus = "0"
END
# hears TEXT: monitor has told it.
hears() {
    local tries=200
    until grep -qF -- "$1" heard; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { cat heard; fail "not heard: $1"; }
        sleep 0.05
    done
}
# The daemon's of generic netlink, by which drivers are asked.
sockets() {
    awk 'NR == FNR { ours[$1]; next } $2 == 16 && $10 in ours' \
        <(find "/proc/$daemon/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n') /proc/net/netlink | wc -l
}
# sockets_at_rest: once as many have been open for two seconds.
sockets_at_rest() {
    local count=-1 now same=0
    while [ $same -lt 20 ]; do
        now=$(sockets)
        [ "$now" = "$count" ] && same=$((same + 1)) || same=0
        count=$now
        sleep 0.1
    done
    echo "$count"
}
has_closed_all() { [ "$(sockets)" -le "$at_first" ]; }
mtu_is() { [ "$(cat /sys/class/net/veth0/mtu)" = "$1" ]; }

printf '[drift]\npoll = 600\n' >/etc/nanotune/host.toml # what is heard soon, the kernel has told
start_bus
start_daemon
at_first=$(sockets_at_rest)
nanotune apply feed.toml --bus --allow all >said || { cat said; fail "not applied"; }
state_is tuned
nanotune monitor --json >heard &
monitor=$!
hears '"state":"tuned"'

echo "== at rest nothing is open by which it looks"
within 20 has_closed_all

echo "== a sysctl that somebody writes: told with what it was and is, and by whom"
written=$(date +%s%3N)
bash -c "echo 1 >$idle; sleep 2; :" & # whoever wrote is still there to be asked for its name
hears '"what":"drifted","setting":"sysctl.net.ipv4.tcp_slow_start_after_idle","target":"host","from":"0","to":"1","by":"bash (process '
echo "heard $(($(date +%s%3N) - written)) ms after it was written, looking each 50 ms"
within 20 state_is drifted
nanotune status --bus >said
grep -q "^state  *tuned, drifted$" said || { cat said; fail "status does not say that something has drifted"; }
grep -A2 DRIFTED said | grep -Eq "tcp_slow_start_after_idle +host +0 +1" || { cat said; fail "status does not show it"; }
hears '"verb":"status","state":"ended"'
as nobody "$build/bin/nanotune" status --bus >said
grep -q "^state  *tuned, drifted$" said || { cat said; fail "somebody else is not told that something has drifted"; }
grep -A2 DRIFTED said | grep -Eq "tcp_slow_start_after_idle +host +0 +1" || { cat said; fail "somebody else is told less than by the signal"; }
grep -q "nanotune rollback --plan" said || { cat said; fail "undoing what is not shown is no next step before it is looked at"; }
echo 0 >$idle
hears '"what":"mended","setting":"sysctl.net.ipv4.tcp_slow_start_after_idle"'
within 20 state_is tuned

echo "== of a NIC, by rtnetlink and by ethtool"
written=$(date +%s%3N)
ip link set veth0 mtu 1300
hears '"what":"drifted","setting":"nic.mtu","target":"veth0","from":"1400","to":"1300","by":"unknown"'
echo "heard $(($(date +%s%3N) - written)) ms after it was set, looking each 50 ms"
ethtool -K veth0 gso on
hears '"what":"drifted","setting":"nic.features.tx-generic-segmentation","target":"veth0","from":"false","to":"true"'
ip link set veth0 mtu 1400
ethtool -K veth0 gso off
within 20 state_is tuned

echo "== a file of sysfs"
echo 0 >/sys/class/net/veth0/queues/rx-0/rps_cpus
hears '"what":"drifted","setting":"nic.rps.cpus","target":"veth0/rx-0","from":"0","to":"none"'
echo 1 >/sys/class/net/veth0/queues/rx-0/rps_cpus
within 20 state_is tuned

echo "== what nobody tells is found by the poll, which wakes one thread once while there is nothing to find"
printf '[drift]\npoll = 1\n' >/etc/nanotune/host.toml
# Of the threads behind the bus's, which answers monitor each second.
sleeps() {
    local thread sum=0
    for thread in /proc/$daemon/task/*; do
        [ "${thread##*/}" = "$daemon" ] || sum=$((sum + $(awk '/^voluntary/ { print $2 }' "$thread/status")))
    done
    echo $sum
}
# Where others keep the CPUs, a thread that is interrupted makes another one wait: not each time.
is_woken_once_a_poll() {
    local before began woken polls
    before=$(sleeps)
    began=$(date +%s%3N)
    sleep 8
    woken=$(($(sleeps) - before))
    polls=$((($(date +%s%3N) - began) / 1000)) # at most; fewer where others keep the CPUs
    echo "woken $woken times within the time of $polls polls"
    [ $woken -ge 3 ] && [ $((2 * woken)) -le $((3 * polls)) ]
}
sleep 4 # until it rests
is_woken_once_a_poll || is_woken_once_a_poll || is_woken_once_a_poll || fail "not woken once for each poll"
within 20 has_closed_all # between two looks, too
echo 1 >/proc/sys/net/ipv4/ip_forward # the kernel has others follow
hears '"what":"drifted","setting":"sysctl.net.ipv4.conf.default.forwarding","target":"host","from":"0","to":"1","by":"unknown"'
within 20 state_is drifted
echo 0 >/proc/sys/net/ipv4/ip_forward
hears '"what":"mended","setting":"sysctl.net.ipv4.conf.default.forwarding"'
within 20 state_is tuned

echo "== repaired where the host's file wants it, and left after a while, which is told"
printf '[drift]\npolicy = "repair"\n' >/etc/nanotune/host.toml
for _ in 1 2 3; do
    echo 1 >$idle
    within 20 is 0
done
hears '"what":"repaired","setting":"sysctl.net.ipv4.tcp_slow_start_after_idle"'
echo 1 >$idle
within 20 state_is drifted
sleep 1
is 1 || fail "repaired for ever"
hears '"what":"yielded","setting":"sysctl.net.ipv4.tcp_slow_start_after_idle"'
nanotune history --bus >said
[ "$(grep -c " repair .*nanotuned" said)" -eq 3 ] || { cat said; fail "not three repairs"; }
ip link set veth0 mtu 1300 # that has an impact
sleep 1
mtu_is 1300 || fail "a change with an impact is repaired"
ip link set veth0 mtu 1400

echo "== a setting that yields, as the profile says of it alone"
echo 50 >$timeouts
hears '"what":"yielded","setting":"sysctl.net.ipv4.tcp_fin_timeout"'
[ "$(cat $timeouts)" = 50 ] || fail "it does not yield"
rm /etc/nanotune/host.toml

echo "== frozen: told, and not repaired before it is thawed, however often it is told"
nanotune rollback --bus --all --force --allow all >said || { cat said; fail "no rollback"; }
nanotune apply feed.toml --bus --allow all >said || { cat said; fail "not applied"; }
printf '[drift]\npoll = 600\n[drift.settings]\n"sysctl.*.tcp_fin_timeout" = "repair"\n' >/etc/nanotune/host.toml
nanotune freeze --bus --reason trading >said
timeout_is() { [ "$(cat $timeouts)" = "$1" ]; }
last=30
for seconds in 50 51 52 53; do
    echo $seconds >$timeouts
    hears "\"what\":\"drifted\",\"setting\":\"sysctl.net.ipv4.tcp_fin_timeout\",\"target\":\"host\",\"from\":\"$last\",\"to\":\"$seconds\""
    last=$seconds
done
hears '"state":"frozen"'
sleep 0.2
timeout_is 53 || fail "repaired although it is frozen"
nanotune thaw --bus >said
within 5 timeout_is 30 # by a poll it would be in ten minutes
rm /etc/nanotune/host.toml

echo "== what somebody sets of a link that is down stays when it goes up"
ip link set veth0 down
ip link set veth0 mtu 1350
ip link set veth0 up
hears '"what":"drifted","setting":"nic.mtu","target":"veth0","from":"1400","to":"1350"'
sleep 1
mtu_is 1350 || fail "a link that was down is changed"

echo "== a device that was away has its settings again, under another name, too"
ip netns add away
for name in veth0 feed0; do
    ip link set veth0 netns away
    sleep 0.2
    ip -netns away link set veth0 mtu 1300 name $name
    ip -netns away link set $name netns $$
    within 20 eval '[ "$(cat /sys/class/net/$name/mtu)" = 1400 ]'
done
ip link set feed0 name veth0
ip link set veth0 up

echo "== progress of a job"
nanotune rollback --bus --all --allow all >said || { cat said; fail "no rollback"; }
hears '"state":"clean"'
hears '"what":"job","job":"'
kill "$monitor"
wait "$monitor" || true

echo "== stopping keeps what is applied, or takes it back where the host's file wants that"
nanotune apply feed.toml --bus --allow all >said || { cat said; fail "not applied"; }
stop_daemon
is 0 || fail "stopping has written"
start_daemon
within 20 state_is tuned
echo 'on_stop = "rollback"' >/etc/nanotune/host.toml
stop_daemon
is 1 || fail "stopping has not taken it back"
mtu_is 1500 || fail "stopping has not taken all of it back"

echo "== what was kept of the profile is damaged: that is said, and mended by applying it again"
start_daemon
nanotune apply feed.toml --bus --allow all >said || { cat said; fail "not applied"; }
echo "# edited" >>/var/lib/nanotune/profile.toml
nanotune status --bus >said
grep -q "the next boot applies nothing, and what starts or comes gets nothing: /var/lib/nanotune/profile.toml" said || { cat said; fail "status"; }
echo 1 >$idle
within 20 grep -q "^what starts or comes gets nothing: /var/lib/nanotune/profile.toml: not the profile" /run/daemon.log
nanotune apply feed.toml --bus --allow all >said || { cat said; fail "not applied"; }
within 20 grep -q "^what starts or comes gets its own again" /run/daemon.log
nanotune status --bus >said
! grep -q "boot applies nothing" said || { cat said; fail "it is still said"; }
stop_daemon

echo "== without a daemon nobody watches"
nanotune monitor >said 2>&1 && fail "somebody watches"
grep -q "no daemon runs" said || { cat said; fail "words"; }
