#!/bin/bash
# Kills everything that `make run` starts, at three random moments, and proves that the host is as it was.
#
#   tests/demo/killed_run.sh BUILD-FOLDER [SEED]
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
seed=${2:-$(date +%s)}
. "$here/snapshot.sh"

fail() {
    echo "$1"
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail "a network namespace needs root"
echo "seed $seed"
RANDOM=$seed
mkdir -p "$build/demo"
before=$(host_snapshot)
started=${EPOCHREALTIME/[.,]/}
"$here/run" "$build" >/dev/null || fail "undisturbed, it ends with $?"
longest=$(((${EPOCHREALTIME/[.,]/} - started) / 1000))
for round in 1 2 3; do
    moment=$((((round - 1) * 32768 + RANDOM) * longest / 98304)) # one in each third
    "$here/run" "$build" >/dev/null 2>&1 &
    driver=$!
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    kill -9 "$driver" 2>/dev/null || echo "$round: had ended before $moment ms"
    wait "$driver" 2>/dev/null || true
    diff <(echo "$before") <(host_snapshot) || fail "$round: killed after $moment ms, the host has changed"
    [ -z "$(ls "$build/demo")" ] || fail "$round: files are left in $build/demo"
    echo "$round: killed after $moment ms; the host is unchanged"
done
