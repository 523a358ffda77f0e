#!/bin/bash
# Datapaths of nanotuned: started by it, undisturbed by its end, driven over the bus by who may, and stopped by the
# command line whether it answers or not.
#
#   tests/bus/datapath.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

printf '[datapath.orders]\nlisten = "127.0.0.1:8080"\nbackend = "udp"\nenabled = true\n' >orders.toml
# worker: the process, where it runs.
worker() { nanotune datapath list --json | sed -n 's/.*"process": *\([1-9][0-9]*\).*/\1/p'; }
is_kept() { nanotune datapath list --json | grep -q '"restarts": *'"$1" && [ -n "$(worker)" ]; }

start_bus
start_polkit
start_daemon

echo "== nanotuned starts a datapath, which its own end and its next start do not disturb"
nanotune apply orders.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
first=$(worker)
[ -n "$first" ] || fail "no worker"
nanotune verify --bus >said || { cat said; fail "not verified"; }
state_is tuned || fail "the state is $(property State)"
stop_daemon
[ "$(worker)" = "$first" ] || fail "it ended with nanotuned"
start_daemon
[ "$(worker)" = "$first" ] || fail "it was started anew"
! nanotune datapath stop ordres --bus >said 2>&1 || fail "stopped what is not there"
grep -q 'there is no worker ordres; did you mean orders?' said || { cat said; fail "not told which one may be meant"; }
kill -KILL "$daemon"
wait "$daemon" || true
[ "$(worker)" = "$first" ] || fail "it ended with a nanotuned that was killed"
start_daemon
kill -KILL "$first" # its keeper, which is nobody's child, starts it again
within 20 is_kept 1
nanotune verify --bus >said || { cat said; fail "not verified after its restart"; }
nanotune rollback --bus >said 2>&1 || { cat said; fail "not rolled back"; }
[ -z "$(worker)" ] || fail "it outlives its rollback"

echo "== each plugin, tuned device and datapath is an object, with what there is to know of it"
cat >both.toml <<'END'
[profile]
extends = ["./orders.toml"]

[nic.veth0]
txqueuelen = 500
END
nanotune apply both.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
orders=/org/nanotune1/datapath/orders
of() { # OBJECT INTERFACE PROPERTY: its value
    busctl get-property org.nanotune1 "/org/nanotune1/$1" "org.nanotune1.$2" "$3"
}
holds() { [ "$(of "$1" "$2" "$3")" = "$4" ]; }
is_value() { holds "$@" || fail "$1 $3 is $(of "$1" "$2" "$3"), not $4"; }
within 10 holds datapath/orders Datapath State 's "running"'
is_value datapath/orders Datapath Armed "b true"
is_value datapath/orders Datapath Process "u $(worker)"
of datapath/orders Datapath Settings | grep -q '"listen" "127.0.0.1:8080"' || fail "no settings"
within 10 holds device/veth0 Device SettingsHeld "t 1"
is_value device/veth0 Device State 's "tuned"'
is_value plugin/sysctl Plugin Name 's "sysctl"'
is_value plugin/sysctl Plugin Refused 's ""'
busctl call org.nanotune1 /org/nanotune1 org.freedesktop.DBus.ObjectManager GetManagedObjects >said
for object in plugin/nic device/veth0 datapath/orders; do
    grep -q "\"/org/nanotune1/$object\"" said || { cat said; fail "the manager of objects does not know $object"; }
done
busctl introspect org.nanotune1 $orders org.nanotune1.Datapath | sed 's/ *$//' >shown
for method in Start Stop Enable Disable Reset ClearConnections Stats; do
    grep -q "^\.$method " shown || { cat shown; fail "no method $method"; }
done

echo "== what changes is told: by whoever it was done, the daemon or a command that does not ask it"
busctl monitor org.nanotune1 >heard 2>/dev/null &
monitor=$!
nanotune monitor >watched 2>&1 &
watcher=$!
within 10 test -s watched
sleep 0.5
nanotune datapath disable orders >said || { cat said; fail "not disabled"; }
within 10 holds datapath/orders Datapath Armed "b false"
within 10 grep -q "datapath  orders: .*armed: no" watched
ip link set veth0 txqueuelen 700
within 10 holds device/veth0 Device State 's "drifted"'
ip link set veth0 txqueuelen 500
within 10 holds device/veth0 Device State 's "tuned"'
kill -KILL "$(worker)"
within 20 holds datapath/orders Datapath Restarts "u 1"
within 20 holds datapath/orders Datapath State 's "running"'
is_value datapath/orders Datapath Enabled "b false"
kill $monitor $watcher
for object in $orders /org/nanotune1/device/veth0; do
    grep -q "Path=$object .*Member=PropertiesChanged" heard || { cat heard; fail "no signal of $object"; }
done

echo "== polkit decides for each call, and apart for what sends orders"
ask() { as "$1" busctl call org.nanotune1 $orders org.nanotune1.Datapath "${@:2}" >said 2>&1; }
refused() { # USER ACTION METHOD
    ask "$1" "$3" && fail "$1 may: $3"
    grep -qF "$2: user" said || { cat said; fail "$1 is not told of $2"; }
}
refused nobody org.nanotune1.enable-orders Enable
refused games org.nanotune1.datapath Disable
refused nobody org.nanotune1.datapath Stop
refused nobody org.nanotune1.datapath Reset
refused nobody org.nanotune1.inspect Stats
is_value datapath/orders Datapath Enabled "b false"
ask daemon Enable || { cat said; fail "who may does not"; }
is_value datapath/orders Datapath Armed "b true"
ask games Stats || { cat said; fail "who may inspect is not told"; }
grep -q '"received" "0"' said || { cat said; fail "no counts"; }
ask daemon ClearConnections && fail "it follows connections"
grep -q "it follows no connections" said || { cat said; fail "words"; }
as nobody "$build/bin/nanotune" datapath disable orders >said 2>&1 && fail "nobody disables"
as daemon "$build/bin/nanotune" datapath disable orders >said 2>&1 || { cat said; fail "who may does not disable"; }
is_value datapath/orders Datapath Armed "b false"

echo "== the command line says the same in both modes"
same() { # WORDS...: but for what the kernel goes on counting
    local mode status counted='cycles|instructions|cache misses|context switches|page faults'
    for mode in direct bus; do
        status=0
        nanotune datapath "$@" --$mode >said 2>&1 || status=$?
        sed -E "s/\"?($counted)\"?:? +[0-9 ]+//" said >$mode.said
        echo "status $status" >>$mode.said
    done
    diff -u direct.said bus.said || fail "datapath $*: the modes differ"
}
same list
same list --json
same stats
same stats orders --json
same stats missing
same enable orders
same disable --all
same reset --all
same clear-connections orders
same enable missing
same stop orders
is_value datapath/orders Datapath State 's "ended"'
nanotune datapath start orders --bus >said 2>&1 || { cat said; fail "not started"; }
within 10 holds datapath/orders Datapath State 's "running"'
nanotune datapath start orders --bus >said 2>&1 && fail "it is started twice"
grep -q "it runs, as process" said || { cat said; fail "words"; }

echo "== every act is on record, with who asked for it, in both modes"
recorded() { # VERB CLIENT OUTCOME: the last record
    nanotune history --last 1 --direct --json >said
    python3 - "$@" <<'END' || { cat said; fail "not on record: $*"; }
import json, re, sys
record = json.load(open("said"))["records"][0]
verb, client, outcome = sys.argv[1:]
assert record["verb"] == "datapath " + verb and record["profile"] == "orders" and record["user"] == 0, record
assert re.fullmatch(client, record["client"]) and record["outcome"] == outcome, record
assert record["changed"] == (outcome == "as wanted"), record
END
}
recorded_by_now() { (recorded "$@" "as wanted") >/dev/null; }
for verb in enable disable stop start reset; do
    nanotune datapath $verb orders --direct >said 2>&1 || { cat said; fail "$verb"; }
    recorded $verb "nanotune datapath" "as wanted"
done
nanotune datapath clear-connections orders --direct >said 2>&1 && fail "it follows connections"
recorded clear-connections "nanotune datapath" refused
for verb in enable disable stop start reset; do
    nanotune datapath $verb orders --bus >said 2>&1 || { cat said; fail "$verb"; }
    within 10 recorded_by_now $verb 'nanotune \(process [0-9]+\)'
done
nanotune history --last 12 --direct >said
grep -q "datapath enable *orders *0(root) *as wanted" said || { cat said; fail "words"; }

echo "== a reset is done once the answer is there, and a worker that is waited for keeps nobody else waiting"
ask daemon Reset || { cat said; fail "not reset"; }
stopped=$(worker)
hold "$stopped"
ask daemon Reset &
asking=$!
is_value datapath/orders Datapath State 's "running"'
kill -0 $asking 2>/dev/null || fail "the daemon waits, too"
wait $asking && fail "reset by a worker that does not run"
grep -q "has not done so within 2 s" said || { cat said; fail "words"; }
kill -CONT "$stopped"
ask daemon Reset || { cat said; fail "not reset"; }

echo "== while the host is frozen nobody starts or arms one, and everybody who may stops and disarms it"
nanotune freeze --reason "trading hours" --bus >said || { cat said; fail "not frozen"; }
is_frozen() { grep -q "this host is frozen: trading hours" said || { cat said; fail "$1"; }; }
ask root Enable && fail "enabled over the bus"
is_frozen "Enable"
for mode in bus direct; do
    nanotune datapath enable orders --$mode >said 2>&1 && fail "enabled, --$mode"
    is_frozen "enable --$mode"
    nanotune datapath disable orders --$mode >said 2>&1 || { cat said; fail "not disabled, --$mode"; }
    nanotune datapath stop orders --$mode >said 2>&1 || { cat said; fail "not stopped, --$mode"; }
    nanotune datapath start orders --$mode >said 2>&1 && fail "started, --$mode"
    is_frozen "start --$mode"
    nanotune thaw --bus >said || { cat said; fail "not thawed"; }
    nanotune datapath start orders --$mode >said 2>&1 || { cat said; fail "not started, --$mode"; }
    nanotune freeze --reason "trading hours" --bus >said || { cat said; fail "not frozen"; }
done
nanotune thaw --bus >said || { cat said; fail "not thawed"; }

echo "== the switch needs nobody: neither a daemon that answers, nor one at all"
nanotune datapath enable orders >said || { cat said; fail "not enabled"; }
hold "$daemon"
timeout 20 "$build/bin/nanotune" datapath disable --all >said || { cat said; fail "a daemon that hangs keeps the switch"; }
nanotune datapath list --direct --json | grep -q '"enabled": *false' || fail "not disabled"
kill -CONT "$daemon"
within 10 holds datapath/orders Datapath Enabled "b false"

echo "== of one whose strategy does not come back everybody is told, and again once it is started anew"
cat >lost.c <<'END'
#include <nanotune/strategy.h>
#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void decide(void* state, const struct nanotune_limits* limits, const struct nanotune_tick* ticks,
                   struct nanotune_order* orders, uint32_t count) {
    (void)state, (void)limits, (void)ticks, (void)orders, (void)count;
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock); /* which nobody gives up */
}
const struct nanotune_strategy_calls nanotune_strategy = {
    NANOTUNE_STRATEGY_ABI, sizeof(struct nanotune_strategy_calls), "lost", 0, decide, 0};
END
cc -O2 -shared -fPIC -I "$tree/framework/sdk/include" -o lost.so lost.c
{ cat orders.toml; echo 'logic = "/run/here/lost.so"'; } >lost.toml
nanotune apply lost.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
nanotune datapath enable orders --bus >said || { cat said; fail "not enabled"; }
restarts=$(of datapath/orders Datapath Restarts)
within 10 holds datapath/orders Datapath Armed "b true"
printf 'AAPL    %16s' '' >/dev/udp/127.0.0.1/8080
within 30 holds datapath/orders Datapath State 's "hangs"'
of datapath/orders Datapath How | grep -q "worker 0 has not come back from its strategy since" || fail "it is not told why"
nanotune status --bus >said || true
grep -q "datapath orders on 127.0.0.1:8080 hangs" said || { cat said; fail "status does not tell"; }
same list
within 60 holds datapath/orders Datapath State 's "running"'
[ "$(of datapath/orders Datapath Restarts)" != "$restarts" ] || fail "it came back"
of datapath/orders Datapath How | grep -q "did not come back from its strategy for 10 s" || fail "its end is not told"

echo "== what an operator switches off or stops is told as drift, and put back by nobody who repairs what drifts"
sed '1i [profile]\ndrift = "repair"\n[sysctl]\n"net.ipv4.tcp_slow_start_after_idle" = 0' orders.toml >repairs.toml
mkdir -p /etc/nanotune
printf '[drift]\npoll = "1s"\n' >/etc/nanotune/host.toml
stop_daemon
start_daemon
nanotune apply repairs.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
echo 1 >$idle
within 20 is 0 # nanotuned repairs
for act in disable stop; do
    nanotune datapath $act orders >said || { cat said; fail "not done: $act"; }
    within 10 state_is drifted
    echo 1 >$idle
    within 20 is 0
    state_is drifted || fail "what was done by $act is not drift: $(property State)"
    nanotune datapath list --direct --json | grep -q '"enabled": *false' || fail "enabled again after $act"
done
[ -z "$(worker)" ] || fail "it was started again"

echo "== with its profile its object goes"
nanotune rollback --all --bus >said 2>&1 || { cat said; fail "not rolled back"; }
within 10 sh -c "! busctl tree org.nanotune1 | grep -q /datapath/"
within 10 sh -c "! busctl tree org.nanotune1 | grep -q /device/"
[ -z "$(worker)" ] || fail "it outlives its rollback"
