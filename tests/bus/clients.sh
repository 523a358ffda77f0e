#!/bin/bash
# Many clients, clients that make no sense and clients that want everything, at one nanotuned.
#
#   tests/bus/clients.sh BUILD-FOLDER TEST-PROGRAM
set -euo pipefail
. "$(dirname "$0")/bus.sh"

start_bus
start_polkit
start_daemon --profile-dir /run/here/profiles

"$build/tests/bus/nanotune-bus-clients" || fail "a client is not served as it should be"

echo "== one user's jobs are bounded, and keep nobody from being served"
begun=0
for _ in $(seq 20); do
    if as games busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager Plan "sa(ssh)a(ss)a{sv}" quick 0 0 0 \
        >/dev/null 2>said; then
        begun=$((begun + 1))
    else
        grep -q "user 5 has [0-9]* jobs already" said || { cat said; fail "words"; }
    fi
done
[ "$begun" -ge 8 ] && [ "$begun" -lt 20 ] || fail "$begun jobs of one user"
is_told() { # that a command waits for room, which is there 5 s after a job's end
    for _ in $(seq 8); do
        as games busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager Status >/dev/null 2>&1 || true
    done
    as games "$build/bin/nanotune" status --bus --timeout 20s >said 2>&1 || { cat said; fail "it is not waited for room"; }
    grep -q "waiting for nanotuned to have room, for 20 s at most (--timeout): user 5 has 8 jobs already" said
}
is_told || is_told || is_told || { cat said; fail "it is not said that room is waited for"; }
status=$(manager Status | job_of)
job "$status" Wait | grep -q '"state" s "clean"'

echo "== what root leaves behind without closing it keeps nobody else out"
for _ in $(seq 60); do manager Status >/dev/null 2>&1 || true; done
as daemon busctl call org.nanotune1 /org/nanotune1 org.nanotune1.Manager Status >said 2>&1 || { cat said; fail "refused"; }

echo "== and it has not grown"
memory=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$daemon/status")
echo "resident: $memory kB"
[ "$memory" -lt 65536 ] || fail "it has grown"
stop_daemon
