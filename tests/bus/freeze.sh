#!/bin/bash
# A freeze keeps everybody out, in both modes and across restarts; the history says who did what.
#
#   tests/bus/freeze.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

# refused SAYING COMMAND...: it ends with 1, has said so, and has written nothing.
refused() {
    local saying=$1 status=0
    shift
    "$@" >said 2>&1 || status=$?
    [ $status -eq 1 ] || { cat said; fail "status $status: $*"; }
    grep -qF -- "$saying" said || { cat said; fail "$* does not say: $saying"; }
    is 1 || fail "written although it is frozen: $*"
}

start_bus
start_polkit
start_daemon

echo "== frozen by the daemon: refused by it, by the command itself, and after a restart"
nanotune freeze --bus --reason "trading hours" --until 2h >said || { cat said; fail "not frozen"; }
state_is frozen
property Frozen | grep -q "^trading hours (by user 0.*, with nanotune (process .*), since .*, until .*)$" || { property Frozen; fail "who, until when"; }
refused "this host is frozen: trading hours" nanotune apply idle.toml --bus
stop_daemon
refused "this host is frozen: trading hours" nanotune apply idle.toml --direct
nanotune status --direct >said
grep -q "clean, frozen" said || { cat said; fail "status does not show it"; }
start_daemon
state_is frozen
refused "this host is frozen: trading hours" nanotune apply idle.toml --bus
nanotune plan idle.toml --bus >said || [ $? -eq 2 ] || fail "no plan"
grep -q "this host is frozen" said || { cat said; fail "the plan does not say it"; }

echo "== thawed by the command itself: nobody is kept out any more"
stop_daemon
nanotune thaw --direct >said || { cat said; fail "not thawed"; }
nanotune apply idle.toml --direct >said || { cat said; fail "still frozen"; }
nanotune rollback --direct >said
start_daemon
state_is clean

echo "== what awaits confirmation is taken back although it is frozen"
nanotune apply idle.toml --bus --confirm 2s >said
nanotune freeze --bus --reason incident >said
is 0
within 20 is 1
within 20 state_is frozen
nanotune thaw --bus >said
state_is clean

echo "== it ends by itself"
nanotune freeze --bus --reason "for a moment" --until 3s >said
within 20 state_is clean
nanotune apply idle.toml --bus >said || { cat said; fail "still frozen"; }

echo "== and at its time, too, while what is held is looked at by itself"
nanotune freeze --bus --reason "for a moment" --until 6s >said
state_is frozen
sleep 6
within 2 state_is tuned
nanotune rollback --bus >said

echo "== what the host's file says of it is true at once, whether something is held or not"
stop_daemon
rm -rf /etc/nanotune
start_daemon
mkdir /etc/nanotune /etc/folder
echo 'mode = "observe"' >/etc/nanotune/host.toml
within 20 state_is frozen
mv /etc/nanotune /etc/before
within 20 state_is clean
mv /etc/before/host.toml /etc/folder/
mv /etc/folder /etc/nanotune
within 20 state_is frozen
rm /etc/nanotune/host.toml
within 20 state_is clean
nanotune apply idle.toml --bus >said
echo 'mode = "observe"' >/etc/nanotune/other
mv /etc/nanotune/other /etc/nanotune/host.toml
within 20 state_is frozen
property Frozen | grep -q "observe" || { property Frozen; fail "words"; }
rm /etc/nanotune/host.toml
within 20 state_is tuned
nanotune rollback --bus >said

echo "== and by the next poll where it is behind a link, of which nobody tells"
printf '[drift]\npoll = 1\n' >/run/here/host.toml
ln -s /run/here/host.toml /etc/nanotune/host.toml
nanotune apply idle.toml --bus >said
sleep 4 # until it rests
echo 'mode = "observe"' >/run/here/other
mv /run/here/other /run/here/host.toml
within 5 state_is frozen
rm /etc/nanotune/host.toml
within 20 state_is tuned
nanotune rollback --bus >said

echo "== who may freeze is polkit's to say"
as nobody busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager Freeze "sa{sv}" mine 0 >said 2>&1 && fail "nobody freezes"
grep -q "org.nanotune1.freeze: user 65534 may not" said || { cat said; fail "words"; }
state_is clean

echo "== a host that is only observed"
mkdir -p /etc/nanotune
echo 'mode = "observe"' >/etc/nanotune/host.toml
refused 'this host is frozen: mode = "observe" at /etc/nanotune/host.toml:1:1' nanotune apply idle.toml --bus
echo 'mode = "obsrve"' >/etc/nanotune/host.toml
refused '/etc/nanotune/host.toml:1:1: mode' nanotune apply idle.toml --bus
within 20 state_is frozen
property Frozen | grep -q "obsrve" || { property Frozen; fail "it is not told that nothing can be changed"; }
nanotune status --bus | grep -q '^frozen .*host.toml:1:1: mode: .*"obsrve"' || fail "status does not tell it"
nanotune plan idle.toml --bus >said || [ $? -eq 2 ] || fail "no plan"
grep -q 'nothing can be applied: .*"obsrve"' said || { cat said; fail "the plan does not say it"; }
rm /etc/nanotune/host.toml

echo "== a freeze that cannot be kept is none, and that is said; where nobody can know, nothing is changed"
mv /var/lib/nanotune /var/lib/kept
mkdir /var/lib/nanotune
mount -t tmpfs -o ro tmpfs /var/lib/nanotune
nanotune freeze --bus --reason "nobody knows" >said 2>&1 && fail "frozen"
grep -q "/var/lib/nanotune.*; this host is not frozen" said || { cat said; fail "words"; }
state_is clean
umount /var/lib/nanotune
rmdir /var/lib/nanotune
touch /var/lib/nanotune
nanotune freeze --bus --reason "nobody knows" >said 2>&1 && fail "frozen"
grep -q "/var/lib/nanotune.*; still nothing can be changed: .*/var/lib/nanotune/freeze" said || { cat said; fail "words"; }
nanotune status --bus | grep -q "frozen" || fail "status says something else"
rm /var/lib/nanotune
mv /var/lib/kept /var/lib/nanotune

echo "== the history knows all of it, in both modes the same"
nanotune history --bus --last 100 >over
nanotune history --direct --last 100 >here
diff over here || fail "two histories"
[ "$(awk '/^20/ {print $2}' here | tr '\n' ' ')" = "freeze apply apply apply thaw apply rollback apply freeze rollback thaw freeze apply freeze rollback apply rollback apply rollback apply apply " ] || { cat here; fail "other records"; }
nanotune history --json --last 8 | grep -q '"reason": "for a moment"' || { nanotune history --json; fail "no reason"; }
grep -Eq "rollback .*nanotuned .*1 +as wanted" here || { cat here; fail "not who took it back"; }
nanotune history --verbose | grep -q "tcp_slow_start_after_idle on host: 1 -> 0 (changed)" || fail "no settings"
as nobody "$build/bin/nanotune" history --bus >said 2>&1 && fail "nobody sees the history"
grep -q "org.nanotune1.inspect" said || { cat said; fail "words"; }
