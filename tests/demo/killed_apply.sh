#!/bin/bash
# Kills `nanotune apply` at ten random moments. After each, rollback must bring the namespace back to what
# it was, and the host must not have changed at all.
#
#   tests/demo/killed_apply.sh BUILD-FOLDER [SEED]
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
seed=${2:-$(date +%s)}
. "$here/snapshot.sh"

if [ "${3:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/killed"
    before=$(host_snapshot)
    unshare --net --mount --pid --fork --kill-child --mount-proc -- "$here/killed_apply.sh" "$build" "$seed" --inside
    diff <(echo "$before") <(host_snapshot) || { echo "the host has changed"; exit 1; }
    echo "the host is unchanged"
    exit 0
fi

. "$here/namespace.sh"
enter_demo "$build" killed

fail() {
    echo "$1"
    exit 1
}

# Sleeps without starting a program, which would take longer than some of the moments.
exec {silence}<> <(:)
sleep_us() {
    local seconds
    printf -v seconds '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000))
    read -r -t "$seconds" -u "$silence" || true
}

# How long an undisturbed apply takes decides from what range the moments come. The shortest of five counts:
# the first also tries each plugin in a child.
namespace_snapshot >before
longest=10000000
for _ in 1 2 3 4 5; do
    started=${EPOCHREALTIME/[.,]/}
    "$nanotune" apply demo.toml --allow drops >output || { cat output; fail "apply"; }
    took=$((${EPOCHREALTIME/[.,]/} - started))
    longest=$((took < longest ? took : longest))
    "$nanotune" rollback --all --allow drops >output || { cat output; fail "rollback"; }
done
namespace_snapshot >after
diff before after || fail "an undisturbed apply and rollback leave something behind"

echo "seed $seed; an apply takes $longest us"
RANDOM=$seed
interrupted=0
for round in 1 2 3 4 5 6 7 8 9 10; do
    moment=$((((round - 1) * 32768 + RANDOM) * longest / 327680)) # one in each tenth
    "$nanotune" apply demo.toml --allow drops >output 2>&1 &
    victim=$!
    sleep_us "$moment"
    ended=finished
    kill -9 "$victim" 2>/dev/null && ended=killed
    wait "$victim" 2>/dev/null || true

    status=0
    "$nanotune" status >output 2>&1 || status=$?
    if grep --quiet --ignore-case 'interrupted' output; then
        ended="$ended with a transaction open"
        interrupted=$((interrupted + 1))
    fi
    echo "$round: after $moment us, $ended; status ended with $status"
    "$nanotune" rollback --all --allow drops >output 2>&1 || { cat output; fail "rollback ended with $?"; }
    namespace_snapshot >after
    diff before after || { cat output; fail "after a kill and a rollback the namespace differs"; }
done
echo "$interrupted of ten kills met an open transaction; each time everything was restored"
