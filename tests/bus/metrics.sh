#!/bin/bash
# Metrics of nanotuned: as promtool wants them, scraped by a real Prometheus, asked for by dashboard and alerts, and
# given to nobody beyond this host.
#
#   tests/bus/metrics.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

at=127.0.0.1:9808
mkdir -p /etc/nanotune
cat >/etc/nanotune/host.toml <<END
[metrics]
listen = "$at"
file = "/run/here/nanotune.prom"
END
cat >orders.toml <<'END'
[profile]
extends = ["./idle.toml"]

[datapath.orders]
listen = "127.0.0.1:8080"
backend = "udp"
enabled = true
END
# got PATH: what the daemon answers
got() {
    { exec 3<>/dev/tcp/127.0.0.1/9808; } 2>/dev/null || return 1
    printf 'GET %s HTTP/1.1\r\n\r\n' "$1" >&3
    sed '1,/^\r$/d' <&3
    exec 3>&-
}
# has SAMPLE: among what is exposed now
has() { got /metrics >now && grep -qxF "$1" now; }

start_bus
start_daemon

echo "== the text is as Prometheus' own tool wants it, with a datapath and without one"
got /metrics >empty
promtool check metrics <empty || { cat empty; fail "promtool"; }
nanotune apply orders.toml --bus >said 2>&1 || { cat said; fail "not applied"; }
python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("127.0.0.1", 8080)); s.settimeout(20)
s.send(b"AAPL    " + (9999).to_bytes(4, "little") + (1000).to_bytes(4, "little") + bytes(8)); s.recv(100)'
within 20 has 'nanotune_datapath_packets_total{datapath="orders",outcome="answered"} 1' # an answer leaves before it is counted
got /metrics >full
promtool check metrics <full || { cat full; fail "promtool"; }

echo "== it says how the host stands, what was done, and what the datapath has counted"
says() { grep -qxF "$1" full || { cat full; fail "not exposed: $1"; }; }
says 'nanotune_state{state="tuned"} 1'
says 'nanotune_state{state="clean"} 0'
says 'nanotune_verbs_total{verb="apply",result="as_wanted"} 1'
says 'nanotune_apply_duration_seconds_count 1'
says 'nanotune_datapath_running{datapath="orders"} 1'
says 'nanotune_datapath_enabled{datapath="orders"} 1'
says 'nanotune_datapath_packets_total{datapath="orders",outcome="answered"} 1'
grep -Eq '^nanotune_report_settings\{verb="apply",outcome="changed"\} [1-9]' full || fail "no settings by outcome"
grep -Eq '^nanotune_datapath_processing_seconds_bucket\{datapath="orders",le="\+Inf"\}' full || fail "no histogram"
counts_threads() { got /metrics >now && grep -Eq '^nanotune_datapath_thread_events_total\{datapath="orders",event="context_switches"\} [1-9]' now; }
within 20 counts_threads
echo 1 >$idle
within 10 has 'nanotune_settings_drifted 1'
within 10 has 'nanotune_drift_events_total{event="drifted"} 1'
within 10 has 'nanotune_state{state="drifted"} 1'
nanotune verify --bus >said 2>&1 || true

echo "== who scrapes all the time has the program of datapaths run once a second"
cp "$build/bin/nanotune-worker" /run/worker
cat >/run/counting <<END
#!/bin/sh
echo "\$@" >>/run/worker-runs
LD_LIBRARY_PATH=$build/lib exec /run/worker "\$@"
END
chmod +x /run/counting
mount --bind /run/counting "$build/bin/nanotune-worker"
sleep 1.1
begun=$(date +%s)
for _ in $(seq 40); do got /metrics >now; done
grep -q 'datapath="orders",outcome="answered"} 1' now || { cat now; fail "not counted"; }
runs=$(grep -c metrics /run/worker-runs)
umount "$build/bin/nanotune-worker"
[ "$runs" -ge 1 ] && [ "$runs" -le $(($(date +%s) - begun + 2)) ] || fail "it was run $runs times"

echo "== a text file has the same for a collector, whole at any time"
within 40 grep -qxF 'nanotune_state{state="drifted"} 1' nanotune.prom
promtool check metrics <nanotune.prom || fail "promtool"
[ "$(stat --format=%a nanotune.prom)" = 644 ] || fail "the collector may not read it"

echo "== a real Prometheus scrapes it, and has all that dashboard and alerts ask for"
promtool check rules "$tree/packaging/prometheus/nanotune.rules.yml"
promtool test rules "$tree/packaging/prometheus/nanotune.rules.test.yml"
cat >prometheus.yml <<END
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: nanotune
    static_configs:
      - targets: ["$at"]
rule_files: ["$tree/packaging/prometheus/nanotune.rules.yml"]
END
prometheus --config.file=prometheus.yml --storage.tsdb.path=/run/here/tsdb --web.listen-address=127.0.0.1:9090 \
    >prometheus.log 2>&1 &
prometheus=$!
scraped() {
    promtool query instant http://127.0.0.1:9090 'nanotune_datapath_running{job="nanotune"}' >asked && grep -q 'datapath="orders".*=> 1' asked
}
within 60 scraped || { cat prometheus.log; fail "not scraped"; }
python3 "$tree/tests/bus/queries.py" http://127.0.0.1:9090 "$tree/packaging/grafana/nanotune.json" \
    "$tree/packaging/prometheus/nanotune.rules.yml" || fail "queries"
kill $prometheus

echo "== who asks for anything else, or never ends asking, gets no more and harms nobody"
python3 - "$at" <<'END' || fail "the responder"
import socket, sys
host, port = sys.argv[1].split(":")
def answer(sent):
    with socket.create_connection((host, int(port)), timeout=30) as s:
        s.sendall(sent)
        got = b""
        while part := s.recv(65536):
            got += part
    return got.split(b"\r\n", 1)[0]
assert b" 404 " in answer(b"GET /other HTTP/1.1\r\n\r\n")
assert b" 405 " in answer(b"POST /metrics HTTP/1.1\r\n\r\n")
assert b" 400 " in answer(b"rubbish\r\n\r\n")
assert b" 431 " in answer(b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 4093)
hold = [socket.create_connection((host, int(port)), timeout=30) for _ in range(20)]  # more than it takes, and silent
assert b" 200 " in answer(b"GET /metrics HTTP/1.1\r\n\r\n")  # once their time is over
END
[ "$(property State)" = drifted ] || fail "it serves nobody any more"

echo "== it listens for nobody but this host"
stop_daemon
sed -i 's/127.0.0.1:9808/0.0.0.0:9808/' /etc/nanotune/host.toml
start_daemon
got /metrics && fail "it listens to everybody"
sed -i 's/0.0.0.0:9808/127.0.0.1:9808/' /etc/nanotune/host.toml # while it is broken nothing is changed
nanotune rollback --all --force --bus >said 2>&1 || { cat said; fail "not rolled back"; }
