#!/bin/bash
# The installed unit of nanotuned under the guest's systemd, D-Bus and polkit: it starts, serves whom it may, refuses
# the others, takes back what nobody confirms though it is killed, and changes nothing when it is restarted or stopped.
set -euo pipefail
. "$(dirname "$0")/readers.sh"
. "$(dirname "$0")/unit.sh"

idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
is() { [ "$(cat $idle)" = "$1" ]; }
state_is() {
    busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager State | grep -qx "s \"$1\""
}

[ "$(cat /proc/1/comm)" = systemd ] || fail "systemd is not the first process"
systemctl is-system-running --wait
install_unit
systemd-analyze verify /etc/systemd/system/nanotune* || fail "the units"

echo "== nobody starts it who has not enabled it"
busctl call org.nanotune1 /org/nanotune1 org.freedesktop.DBus.Peer Ping && fail "activated"
systemctl enable nanotuned || fail "not enabled"

echo "== the bus starts it, and it is ready when its unit is"
busctl call org.nanotune1 /org/nanotune1 org.freedesktop.DBus.Peer Ping || fail "not activated"
systemctl is-active nanotuned
systemctl show --property=MainPID,NRestarts nanotuned
busctl introspect org.nanotune1 /org/nanotune1 org.nanotune1.Manager
systemd-analyze security nanotuned --no-pager | tail -1 | tee said
grep -q ' 3\.7 OK' said || fail "the README says that the unit is at 3.7"

echo "== hardened as it is, it sets what a profile wants: sysctls, a NIC's rings and coalescing, its interrupts"
cat >all.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0

[nic.eth1]
ring.rx = 512
coalesce.rx_usecs = 0
rps.cpus = "0-1"

[irq.eth1]
cpus = "1"
END
echo 1 >$idle
nanotune apply all.toml --bus --allow drops,bounces || fail "not applied"
is 0 || fail "no sysctl"
ethtool -g eth1 | sed -n '/^Current/,$p' | grep -Eq '^RX:[[:space:]]*512$' || { ethtool -g eth1; fail "no ring"; }
nanotune verify --bus || fail "not verified"
echo 1 >$idle
within 5 sh -c "journalctl --no-pager --unit=nanotuned | grep 'tcp_slow_start_after_idle on host has drifted: 0 -> 1, by daemon.sh (process $$, user 0)'" ||
    fail "who wrote it is not told"
echo 0 >$idle

echo "== a restart changes nothing"
systemctl restart nanotuned
is 0 || fail "a restart has written"
nanotune verify --bus || fail "not verified after a restart"

echo "== systemctl status says why nobody reaches it, and no longer once somebody does"
status_text() { systemctl show --property=StatusText --value nanotuned | grep "$@"; }
reload_bus() { busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig; }
mv /etc/dbus-1/system.d/org.nanotune1.conf . # without which the bus gives its name to nobody
reload_bus
systemctl restart nanotuned
within 10 status_text "^nobody reaches it: own the name org.nanotune1: the bus's policy does not allow it; trying again"
systemctl status nanotuned --no-pager | grep 'Status: "nobody reaches it'
is 0 || fail "it has written"
mv org.nanotune1.conf /etc/dbus-1/system.d/
reload_bus
within 40 state_is tuned
within 5 status_text -x "" # it is told no longer

echo "== stopping keeps what is applied, and commands work without it"
systemctl stop nanotuned
is 0 || fail "stopping has written"
nanotune rollback --allow drops,bounces --verbose || fail "no rollback without the daemon"
is 1 || fail "not rolled back"

echo "== who has no right is refused by the guest's polkit"
systemctl start nanotuned
setpriv --reuid=nobody --regid=nogroup --clear-groups busctl call org.nanotune1 /org/nanotune1 \
    org.nanotune1.Manager Apply "sa(ssh)a(ss)a{sv}" base 0 0 0 >said 2>&1 && fail "nobody applies"
grep -q "org.nanotune1.apply: user 65534 may not: polkit" said || { cat said; fail "words"; }
is 1

echo "== killed while a confirmation is awaited: systemd starts it again, and it takes back"
nanotune apply all.toml --bus --allow drops,bounces --confirm 20s || fail "not applied"
systemctl kill --signal=KILL nanotuned
is 0 || fail "a kill has written"
within 20 systemctl is-active nanotuned
within 20 state_is "awaiting confirmation"
within 90 is 1
within 60 state_is clean

echo "== what was done is in the history, and in systemd's journal"
nanotune history --direct --last 1 | grep -q "rollback .*nanotuned" || { nanotune history --direct; fail "no record"; }
journalctl --no-pager -t nanotune -o json NANOTUNE_VERB=rollback | grep -q '"NANOTUNE_CLIENT":"nanotuned"' || fail "no record of journald's"

echo "== a NIC whose driver is loaded anew has its settings again, interrupts included"
nanotune apply all.toml --bus --allow drops,bounces || fail "not applied"
ring_is() { ethtool -g eth1 | sed -n '/^Current/,$p' | grep -Eq "^RX:[[:space:]]*$1$"; }
ring_is 512
slot=$(basename "$(realpath /sys/class/net/eth1/device)")
driver=/sys/bus/pci/drivers/e1000e
echo "$slot" >$driver/unbind
[ ! -e /sys/class/net/eth1 ] || fail "the NIC is still there"
echo "$slot" >$driver/bind
within 20 test -e /sys/class/net/eth1
ip link set eth1 up
within 60 ring_is 512
within 60 nanotune verify --bus
nanotune rollback --bus --all --allow drops,bounces >/dev/null || fail "not rolled back"

echo "== stopped in the middle of a job, it takes back what that has done, and whoever waits is told"
wait_for_carrier eth1
nanotune apply all.toml --bus --allow drops,bounces >told 2>&1 &
apply=$!
until { read -r carrier </sys/class/net/eth1/carrier; } && [ "$carrier" = 0 ]; do kill -0 $apply || fail "over already"; done
systemctl stop nanotuned
status=0
wait $apply || status=$?
cat told
[ $status -eq 4 ] || fail "told $status"
is 1 && ring_is 256 || fail "left as it was in the middle"
nanotune status --direct >said || fail "no status"
grep -q '^state  *clean$' said || fail "not clean"
systemctl start nanotuned
nanotune apply all.toml --bus --allow drops,bounces >/dev/null || fail "not applied"
cp -a /var/lib/nanotune /root/disk # what a boot finds: the rollback stands for the reset of all values
nanotune rollback --bus --all --force --allow drops,bounces >/dev/null || true

echo "== a program that a profile names gets its own when it starts, and one rollback undoes that too"
cat >feed.toml <<'END'
[process.feed]
match = { comm = "feedtest" }
policy = "fifo"
priority = 7
END
nanotune apply feed.toml --bus || fail "not applied"
cp "$(command -v sleep)" feedtest
./feedtest 300 &
feed=$!
within 20 sh -c "chrt --pid $feed | grep -q SCHED_FIFO"
chrt --pid $feed
within 20 sh -c "nanotune history --direct --last 1 | grep -q 'a program has started'"
nanotune rollback --bus || fail "not rolled back"
chrt --pid $feed | grep -q SCHED_OTHER || { chrt --pid $feed; fail "not rolled back with it"; }
kill $feed

echo "== a datapath is a unit of its own, which neither a restart of the daemon nor its end disturbs"
printf '[datapath.orders]\nlisten = "127.0.0.1:8080"\nbackend = "udp"\nenabled = true\n' >orders.toml
unit=nanotune-worker@orders.service
nanotune apply orders.toml --bus || fail "no datapath"
systemctl is-active $unit || fail "no unit"
systemctl show --property=Type,StatusText,MainPID,ControlGroup $unit
worker() { nanotune datapath list --json | sed -n 's/.*"process": \([0-9]*\).*/\1/p'; }
first=$(worker)
grep -q "/$unit\$" "/proc/$first/cgroup" || { cat "/proc/$first/cgroup"; fail "in another unit"; }
systemctl restart nanotuned
[ "$(worker)" = "$first" ] || fail "a restart of the daemon has started it anew"
nanotune verify --bus || fail "not verified"
systemctl kill --kill-whom=main --signal=KILL $unit # its keeper, and the worker with it
within 30 sh -c "[ \"\$(systemctl show --property=NRestarts --value $unit)\" = 1 ]"
within 30 nanotune verify --bus
[ "$(worker)" != "$first" ] || fail "the worker has outlived its keeper"
first=$(worker)
systemctl stop nanotuned
[ "$(worker)" = "$first" ] || fail "it ends with the daemon"
systemctl start nanotuned
nanotune rollback --bus || fail "not rolled back"
within 10 sh -c "! systemctl is-active $unit"
nanotune apply all.toml --bus --allow drops,bounces >/dev/null || fail "not applied" # what the boot shall find
nanotune rollback --bus --all --allow drops,bounces >/dev/null || fail "not rolled back"
systemctl stop nanotuned

echo "== a boot applies what was applied last, in two steps, and its target is reached once it stands"
rm -rf /run/nanotune/*
cp -a /root/disk/. /var/lib/nanotune
is 1 || fail "not rolled back"
sed -i 's/= 512/= 256/' all.toml # what somebody edited since is not applied
systemctl start nanotune-boot-early || fail "the first step"
is 0 || fail "no sysctl after the first step"
ring_is 512 || fail "another ring than was applied"
nanotune status | grep -q tuned
systemctl start nanotune-tuned.target || { systemctl status nanotune-boot nanotune-verify; fail "the target"; }
nanotune verify --direct >said || { cat said; fail "not as it was tuned"; }
grep -q irq.affinity said || nanotune verify --direct --verbose | grep -q irq.affinity || fail "no interrupts after the second step"

echo "== after two boots that failed nothing is applied"
systemctl stop nanotune-tuned.target nanotune-verify nanotune-boot nanotune-boot-early
nanotune rollback --direct --all --force --allow drops,bounces >/dev/null
rm -rf /run/nanotune/*
grep -qx '# nanotune profile 1: none' /var/lib/nanotune/profile.toml || fail "what was rolled back is kept for the next boot"
cp -a /root/disk/. /var/lib/nanotune
echo "2 another-boot" >/var/lib/nanotune/boots
systemctl start nanotune-boot-early nanotune-boot || fail "a step that does nothing fails"
journalctl --no-pager --unit=nanotune-boot-early | grep -q "the last 2 boots did not end well" || fail "not said"
is 1 || fail "applied all the same"
! systemctl start nanotune-tuned.target || fail "an untuned host counts as tuned"
