#!/bin/bash
# Datapaths of every backend, which nanotuned starts and stops again and again: nothing is left of any.
#
#   [NANOTUNE_SOAK_CYCLES=N] tests/bus/cycles.sh BUILD-FOLDER
#
# By default a shortened form, which every test run has; `make soak-datapath` asks for 1000.
set -euo pipefail
export NANOTUNE_SOAK_CYCLES=${NANOTUNE_SOAK_CYCLES:-20}
. "$(dirname "$0")/bus.sh"

ip link add feed0 numrxqueues 1 numtxqueues 1 type veth peer name feed1 numrxqueues 1 numtxqueues 1
for end in 0 1; do
    ip address add 192.0.2.$((end + 1))/24 dev feed$end
    ip link set feed$end up
done
datapath() { printf '[datapath.orders]\nlisten = "%s"\nenabled = true\nbackend = "%s"\n' "$1" "$2"; }
{ datapath 239.1.1.1:8080 xdp; printf 'interface = "feed0"\nrespond = "192.0.2.9:9999"\n'; } >xdp.toml
{ datapath 192.0.2.1:8080 af_xdp; printf 'interface = "feed0"\ncpus = "0"\n'; } >af_xdp.toml
{ datapath 239.1.1.1:8080 packet; printf 'interface = "feed0"\nrespond = "192.0.2.9:9999"\n'; } >packet.toml
{ datapath 239.1.1.1:8080 udp; printf 'interface = "feed0"\nrespond = "192.0.2.9:9999"\n'; } >udp.toml
{ datapath 127.0.0.1:8080 tcp; printf 'protocol = "tcp"\n'; } >tcp.toml

# left: what a datapath could leave behind, of nanotuned's own, of processes, sockets, groups, programs and files.
left() {
    echo "files that nanotuned has open: $(find "/proc/$daemon/fd" -mindepth 1 2>/dev/null | wc -l)"
    echo "folders that it watches: $(cat "/proc/$daemon/fdinfo/"* 2>/dev/null | grep -c '^inotify' || true)"
    echo "its threads: $(find "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l)"
    echo "its children: $(cat "/proc/$daemon/task/"*/children | wc -w)"
    echo "workers and their keepers: $(pgrep -c nanotune-worker || true)"
    echo "programs in the kernel: $(cat /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -c '^prog_id' || true)"
    echo "devices with a program: $(ip -json link show | grep -o '"xdp"' | wc -l)"
    echo "groups: $(ip maddress show dev feed0 | tr -s ' \t\n' ' ')"
    for sockets in udp udp6 tcp packet netlink; do
        echo "sockets, $sockets: $(wc -l <"/proc/net/$sockets")"
    done
    # The history is kept as ever, in two files at most.
    echo "files: $(find /run/nanotune* /var/lib -mindepth 1 ! -name 'history*' 2>/dev/null | sort | tr '\n' ' ')"
}
# Of numbers no greater one: nanotuned lets go of a thread that it has nothing to do for.
is_as_before() {
    left >now
    awk '{ name = $0; sub(/: .*/, "", name); value = substr($0, length(name) + 3) }
         NR == FNR { before[name] = value; next }
         before[name] ~ /^[0-9]+$/ ? value + 0 > before[name] + 0 : value != before[name] { print "now " $0; bad = 1 }
         END { exit bad }' before now >differs
}
memory() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$daemon/status"; }

# life BACKEND WHOLE: from a profile to its rollback; a whole one is stopped and started meanwhile, too.
life() {
    nanotune apply "$1.toml" --bus >said 2>&1 || { cat said; fail "$1: not applied"; }
    if [ "$2" = 0 ]; then
        nanotune datapath stop orders --bus >said 2>&1 || { cat said; fail "$1: not stopped"; }
        nanotune datapath start orders --bus >said 2>&1 || { cat said; fail "$1: not started"; }
    fi
    nanotune rollback --bus >said 2>&1 || { cat said; fail "$1: not taken back"; }
}

start_bus
start_daemon
backends=(xdp af_xdp packet udp tcp)
for backend in "${backends[@]}"; do
    life "$backend" 0
done
sleep 1
left >before
used=$(memory)
for ((cycle = 0; cycle < NANOTUNE_SOAK_CYCLES; ++cycle)); do
    life "${backends[cycle % 5]}" $((cycle % 2))
done
tries=100
until is_as_before; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { cat before differs; fail "after $NANOTUNE_SOAK_CYCLES cycles it is not as it was"; }
    sleep 0.1
done
more=$(($(memory) - used))
echo "$NANOTUNE_SOAK_CYCLES cycles; nanotuned has $more kB more than before, of $used"
[ $more -lt 2048 ] || fail "nanotuned grows"
stop_daemon
