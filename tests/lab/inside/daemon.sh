#!/bin/bash
# The installed unit of nanotuned under the guest's systemd, D-Bus and polkit: it starts, serves whom it may, refuses
# the others, takes back what nobody confirms though it is killed, and changes nothing when it is restarted or stopped.
set -euo pipefail
. "$(dirname "$0")/readers.sh"

fail() {
    echo "$1"
    journalctl --no-pager --unit=nanotuned | tail -20
    exit 1
}
within() { # SECONDS COMMAND...
    local tries=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "never came true: $*"
        sleep 0.2
    done
}
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
is() { [ "$(cat $idle)" = "$1" ]; }
state_is() {
    busctl get-property org.nanotune1 /org/nanotune1 org.nanotune1.Manager State | grep -qx "s \"$1\""
}

# As a prefix of /usr has it: these three do not look anywhere else.
prefix=$(realpath /opt/nanotune)
cp "$prefix"/lib/systemd/system/nanotuned.service /etc/systemd/system/
cp "$prefix"/share/dbus-1/system.d/org.nanotune1.conf /etc/dbus-1/system.d/
cp "$prefix"/share/dbus-1/system-services/org.nanotune1.service /usr/share/dbus-1/system-services/
cp "$prefix"/share/polkit-1/actions/org.nanotune1.policy /usr/share/polkit-1/actions/
systemd-analyze verify /etc/systemd/system/nanotuned.service || fail "the unit"
systemctl daemon-reload
systemctl start dbus
busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig

echo "== the bus starts it, and it is ready when its unit is"
busctl call org.nanotune1 /org/nanotune1 org.freedesktop.DBus.Peer Ping || fail "not activated"
systemctl is-active nanotuned
systemctl show --property=MainPID,NRestarts nanotuned
busctl introspect org.nanotune1 /org/nanotune1 org.nanotune1.Manager
systemd-analyze security nanotuned --no-pager | tail -1

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

echo "== a restart changes nothing"
systemctl restart nanotuned
is 0 || fail "a restart has written"
nanotune verify --bus || fail "not verified after a restart"

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
