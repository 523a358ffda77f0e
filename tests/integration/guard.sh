#!/bin/bash
# The guard of `apply --confirm` on the running kernel: it takes back what nobody confirmed, whatever becomes
# of the state folder meanwhile.
#
#   tests/integration/guard.sh BUILD-FOLDER
set -euo pipefail

build=$(realpath "$1")
if [ "${2:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/guard"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs "$build/guard"
mount -t tmpfs -o mode=0755 tmpfs /run
cd "$build/guard"
idle=/proc/sys/net/ipv4/tcp_slow_start_after_idle
echo 1 >$idle
cat >idle.toml <<'END'
[sysctl]
"net.ipv4.tcp_slow_start_after_idle" = 0
END
nanotune() { "$build/bin/nanotune" "$@" --state-dir /run/state/nanotune >said 2>&1 || { cat said; exit 1; }; }

# taken_back WHAT: within the deadline and a while.
taken_back() {
    local tries=0
    until [ "$(cat $idle)" = 1 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "not taken back, with $1"; exit 1; }
        sleep 0.1
    done
    until nanotune status && grep -q clean said; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "not recorded as taken back, with $1"; cat said; exit 1; }
        sleep 0.1
    done
}

nanotune apply idle.toml --confirm 1s
taken_back "nothing in the way"

nanotune apply idle.toml --confirm 1s
rm -r /run/state
taken_back "its state folder removed"

nanotune apply idle.toml --confirm 1s
mv /run/state /run/elsewhere
taken_back "its state folder moved"

nanotune apply idle.toml --confirm 1s
rm -r /run/state
touch /run/state
until [ "$(cat $idle)" = 1 ]; do
    tries=$((${tries:-0} + 1))
    [ "$tries" -lt 100 ] || { echo "not taken back, with a file in its state folder's place"; exit 1; }
    sleep 0.1
done
rm /run/state

nanotune apply idle.toml --confirm 2s
nanotune confirm
rm -r /run/state
sleep 2.5
[ "$(cat $idle)" = 0 ] || { echo "what was confirmed is taken back"; exit 1; }
