#!/bin/bash
# nanotune certify on a veth of the running kernel, with ethtool, ip, tc and cat as they are: what it tries is
# as before afterwards, also where it is killed in the middle.
#
#   tests/integration/certify.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/certify"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs "$build/certify"
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
cd "$build/certify"
ip link add feed0 numrxqueues 4 numtxqueues 4 type veth peer name feed1 numrxqueues 4 numtxqueues 4
ip link set feed0 up
ip link set feed1 up

fail() { echo "$1" && { [ $# -lt 2 ] || cat "$2"; } && exit 1; }
# ends STATUS VERB...
ends() {
    local wanted=$1 status=0
    shift
    "$build/bin/nanotune" "$@" --state-dir /run/state >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "nanotune $*: $status instead of $wanted" said
}
shown() {
    ip -details link show feed0 | sed 's/state [A-Z]*//'
    tc qdisc show dev feed0
    for what in features channels coalesce; do ethtool --show-$what feed0 2>&1 || true; done
    grep --recursive . /sys/class/net/feed0/{mtu,tx_queue_len,threaded,gro_flush_timeout,napi_defer_hard_irqs,queues} \
        2>/dev/null | sort
}
is_as_before() {
    shown >after
    diff before after >differences || fail "$1: feed0 is not as it was before" differences
}
shown >before

ends 1 certify
ends 1 certify --nic feed9
ends 6 certify --nic feed0 --json
is_as_before "without consent"
python3 - said <<'END' || exit 1
import json, sys
trials = {trial["setting"]: trial for trial in json.load(open(sys.argv[1]))["trials"]}
assert trials["nic.mtu"]["outcome"] == "not_tried", trials["nic.mtu"]
assert trials["nic.txqueuelen"]["outcome"] == "certified", trials["nic.txqueuelen"]
END

status=0
"$build/bin/nanotune" certify --nic feed0 --allow all --json --html page.html --state-dir /run/state >said 2>errors ||
    status=$?
is_as_before "certified"
[ ! -s errors ] || fail "with --json something is on standard error" errors
python3 - said "$status" <<'END' || exit 1
import json, sys
done = json.load(open(sys.argv[1]))
trials = {trial["setting"]: trial for trial in done["trials"]}
wrong = [trial for trial in done["trials"] if trial["outcome"] in ("contradicted", "not_restored", "not_tried")]
assert not wrong, wrong
assert done["exit"] == int(sys.argv[2]) and done["exit"] in (0, 2), done["exit"]
for setting, program in (("nic.mtu", "ip"), ("nic.txqueuelen", "ip"), ("nic.gso_max_segs", "ip"), ("nic.qdisc", "tc"),
                         ("nic.features.tx-generic-segmentation", "ethtool"), ("nic.channels.rx", "ethtool"),
                         ("nic.rps.cpus", "cat"), ("nic.napi.gro_flush_timeout", "cat")):
    trial = trials[setting]
    witness = trial["witness"]
    assert trial["outcome"] == "certified", trial
    assert witness["command"].split()[0] == program, trial
    assert witness["before"] == witness["after"] != witness["in_between"], trial
assert trials["nic.eee.enabled"]["outcome"] == "unsupported", trials["nic.eee.enabled"]
assert done["counts"]["succeeded"] > 25, done["counts"]
END
grep --quiet '</html>' page.html || fail "the page is not whole" page.html

echo '[nic.feed0]
mtu = 1400' >held.toml
ends 0 apply held.toml --allow drops
ends 1 certify --nic feed0 --allow all
[ "$(cat /sys/class/net/feed0/mtu)" = 1400 ] || fail "certify touched a host on which something is applied"
ends 0 rollback --allow drops

# Killed while a trial is in force, which a slow tc makes last: the next rollback takes it back.
tc=$(readlink --canonicalize "$(command -v tc)")
cp "$tc" tc.real
cat >tc.slow <<END
#!/bin/sh
$PWD/tc.real "\$@"
$PWD/tc.real qdisc show dev feed0 root | grep --quiet noqueue || sleep 8
END
chmod +x tc.slow
mount --bind tc.slow "$tc"
is_by_default() { ./tc.real qdisc show dev feed0 root | grep --quiet noqueue; }
"$build/bin/nanotune" certify --nic feed0 --allow all --state-dir /run/state >killed 2>&1 &
certify=$!
while is_by_default; do
    kill -0 $certify || fail "no queueing discipline was tried" killed
    sleep 0.1
done
kill -KILL $certify
{ wait $certify || true; } 2>/dev/null
! is_by_default || fail "the trial was not in force when certify was killed"
umount --lazy "$tc"
ends 7 certify --nic feed0 --allow all
grep --quiet "First: .*nanotune rollback" said || fail "what to do first is not said" said
ends 0 rollback --all --allow all
is_as_before "killed and rolled back"
ends 0 status

# Refused before anything is tried, and without a table of what was not.
ends 0 freeze --reason "trading hours"
ends 1 certify --nic feed0 --allow all
grep --quiet "this host is frozen: trading hours.*nothing was touched. First: .*thaw" said || fail "not refused for that" said
! grep --quiet SETTING said || fail "a table of what was not tried" said
ends 0 thaw
