#!/bin/bash
# What doctor finds on the running kernel: datagrams that did not fit, a narrow path that a router tells of, one that
# nobody tells of; what it writes for others; what it sees come and go.
#
#   tests/integration/doctor.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/doctor"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs "$build/doctor"
mount -t tmpfs -o mode=0755 tmpfs /run
cd "$build/doctor"
doctor() { "$build/bin/nanotune" doctor --state-dir /run/state --window 200ms "$@"; }
# asks WORDS... EXPRESSION: of the JSON report `said`; what it finds must hold.
holds() {
    python3 - "$1" <<'END' || { echo "does not hold: $1"; cat said; exit 1; }
import json, sys
said = json.load(open("said"))
found = {(one["check"], one["subject"]): one for one in said["findings"]}
sys.exit(0 if eval(sys.argv[1]) else 1)
END
}
# judges STATUS OPTIONS...: the report of doctor, in `said`. STATUS is a pattern: what this machine is like is not known.
judges() {
    local wanted=$1 status=0
    shift
    doctor --json "$@" >said || status=$?
    [[ $status == $wanted ]] || { echo "doctor $*: $status instead of $wanted"; cat said; exit 1; }
}
# refuses TEXT OPTIONS...: at once, with a problem that says TEXT.
refuses() {
    local text=$1 status=0
    shift
    "$build/bin/nanotune" doctor --state-dir /run/state --json "$@" >said || status=$?
    [ $status -eq 1 ] && grep --quiet --fixed-strings -- "$text" said ||
        { echo "doctor $*: $status, and \"$text\" is to be said"; cat said; exit 1; }
}
# loses: some datagrams, as the buffer of who is to receive them holds two.
loses() {
    python3 - <<'END'
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    to.bind(("127.0.0.1", 0))
    for _ in range(50):
        out.sendto(b"x" * 1000, to.getsockname())
END
}
ip link set lo up

echo "-- datagrams that did not fit into their receive buffer"
judges "[02]" --peer 127.0.0.1
holds '("stack", "Udp.RcvbufErrors") not in found'
holds 'said["path"]["largest"] == said["path"]["device_mtu"] and not said["path"]["trouble"]'
loses
doctor --fix-profile fix.toml >said || true
grep --quiet --line-regexp 'See what it changes with: .*nanotune plan .*fix.toml.*' said || { cat said; exit 1; }
judges 2 --fix-profile fix.toml --bundle all.tar
holds '"did not fit" in found[("stack", "Udp.RcvbufErrors")]["seen"]'
holds '{one["key"] for one in found[("stack", "Udp.RcvbufErrors")]["remedies"]} == {"\"net.core.rmem_max\"", "\"net.core.rmem_default\""}'
grep --quiet rmem_max fix.toml
"$build/bin/nanotune" profile check fix.toml --state-dir /run/state
tar --list --file all.tar >listed
for name in report.txt report.json fix.toml version.txt status.txt topology.txt plugins.json proc/net/snmp proc/interrupts; do
    grep --quiet --line-regexp "nanotune-doctor/$name" listed || { echo "the bundle lacks $name"; cat listed; exit 1; }
done
tar --extract --to-stdout --file all.tar nanotune-doctor/report.txt | awk 'length > 80 { print "too wide: " $0; exit 1 }'
! tar --extract --to-stdout --file all.tar | grep --quiet --ignore-case 'link/ether\|BOOT_IMAGE' ||
    { echo "the bundle has what is nobody else's business"; exit 1; }

echo "-- a path through a narrower link, of which the router tells"
for space in router peer; do ip netns add $space; done
ip link add near type veth peer name r0 netns router
ip -n router link add r1 mtu 1400 type veth peer name far netns peer
ip -n peer link set far mtu 1400
ip address add 198.51.100.1/25 dev near
ip -n router address add 198.51.100.2/25 dev r0
ip -n router address add 198.51.100.129/25 dev r1
ip -n peer address add 198.51.100.130/25 dev far
ip link set near up
for device in "router lo" "router r0" "router r1" "peer lo" "peer far"; do
    ip -n ${device% *} link set ${device#* } up
done
ip netns exec router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip route add 198.51.100.128/25 via 198.51.100.2
ip -n peer route add default via 198.51.100.129
# reaches ADDRESS: addresses and neighbours are there, too; the peer says that nobody listens.
reaches() {
    python3 - "$1" <<'END' || { echo "$1 cannot be reached"; exit 1; }
import socket, sys, time
with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as peer:
    peer.settimeout(0.5)
    for _ in range(20):
        try:
            peer.connect((sys.argv[1], 9))
            peer.send(b"")
            peer.recv(1)
        except ConnectionRefusedError:
            sys.exit()
        except TimeoutError:
            pass
        except OSError:  # not yet
            time.sleep(0.2)
sys.exit(1)
END
}
reaches 198.51.100.130
judges 2 --peer 198.51.100.130
holds 'said["path"]["device_mtu"] == 1500 and said["path"]["largest"] == 1400 and said["path"]["told"] == 1400'
holds 'said["path"]["told_by"] == "198.51.100.2"'
holds 'found[("path", "198.51.100.130")]["remedies"][0] == {"section": "nic.\"near\"", "key": "mtu", "value": "{ value = \"1400\", optional = true }"}'

echo "-- the same by IPv6, and what is no address"
ip address add 2001:db8:1::1/64 dev near nodad
ip -n router address add 2001:db8:1::2/64 dev r0 nodad
ip -n router address add 2001:db8:2::1/64 dev r1 nodad
ip -n peer address add 2001:db8:2::2/64 dev far nodad
ip netns exec router sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
ip route add 2001:db8:2::/64 via 2001:db8:1::2
ip -n peer route add default via 2001:db8:2::1
judges "[02]" --peer ::1
holds 'said["path"]["largest"] == min(said["path"]["device_mtu"], 65535) and not said["path"]["trouble"]'
reaches 2001:db8:2::2
judges 2 --peer 2001:db8:2::2
holds 'said["path"]["device"] == "near" and said["path"]["device_mtu"] == 1500'
holds 'said["path"]["largest"] == 1400 and said["path"]["told"] == 1400 and said["path"]["told_by"] == "2001:db8:1::2"'
refuses "is no IP address" --peer 2001:db8::zz

echo "-- a link whose other end is narrower, and nobody tells"
ip -n router link set r0 mtu 1400
judges 2 --peer 198.51.100.2
holds 'said["path"]["largest"] == 1400 and said["path"]["told"] == 0'
holds '"no router tells" in found[("path", "198.51.100.2")]["seen"]'

echo "-- what comes and goes while it watches: what was lost before is told once, and again when more is"
loses
"$build/bin/nanotune" doctor --state-dir /run/state --window 200ms --watch >watched &
watcher=$!
# appears PATTERN: within ten seconds, in what it says.
appears() {
    for _ in $(seq 100); do
        grep --quiet "$1" watched && return
        sleep 0.1
    done
    echo "\"$1\" is not told"
    cat watched
    exit 1
}
appears 'came: UDP.*receive'
loses
appears 'gone: UDP.*receive'
kill -TERM $watcher
status=0
wait $watcher || status=$?
[ $status -eq 2 ] && [ "$(grep --count 'came: UDP.*receive' watched)" -eq 2 ] && grep --quiet 'net.core.rmem_max' watched ||
    { echo "watching ended with $status"; cat watched; exit 1; }

echo "-- what comes, for a program: one object a line"
"$build/bin/nanotune" doctor --state-dir /run/state --window 200ms --watch --json >watched &
watcher=$!
for _ in $(seq 100); do
    grep --quiet 'Udp.RcvbufErrors' watched && break
    sleep 0.1
done
kill -TERM $watcher
wait $watcher || true
python3 - <<'END' || { echo "these are no objects"; cat watched; exit 1; }
import json
seen = [json.loads(line) for line in open("watched")]
assert {one["what"] for one in seen} <= {"came", "gone"}, seen
assert any(one["finding"]["subject"] == "Udp.RcvbufErrors" and one["at"].endswith("Z") for one in seen), seen
assert not any("nanotune" in one["finding"]["seen"] for one in seen), "it has found itself"
END

echo "-- what is no address, no time and no file of doctor's own"
refuses "no IP address" --peer nowhere
refuses "expected 10 ms to 3600 s" --window 0s
echo notes >mine.tar
refuses "bundle mine.tar: it holds something else" --bundle mine.tar
