#!/bin/bash
# A command, its client of the bus and nanotuned of different versions: refused, with the way out, and nothing is touched.
#
#   tests/bus/versions.sh BUILD-FOLDER
set -euo pipefail
. "$(dirname "$0")/bus.sh"

version=$(nanotune version --direct --json | sed -n 's/^ *"nanotune": "\(.*\)",*$/\1/p')
[ -n "$version" ] || fail "no version is told: $(nanotune version --direct --json)"
next=9.9.9
[ ${#version} -eq ${#next} ] || fail "$next is to be as long as $version, to be written over it"

# of_next FILE TO: the program with the other number in it.
of_next() {
    sed "s/${version//./\\.}/$next/g" "$1" >"$2"
    ! cmp --quiet "$1" "$2" || fail "$1 does not hold its version"
    chmod 0755 "$2"
}
mkdir -p other/bin other/lib
cp "$build/nanotune-build-tree" other/
ln -s "$build/plugins" other/plugins
ln -s "$build"/lib/*.so* other/lib/
of_next "$build/bin/nanotune" other/bin/nanotune

# refused TEXT WORDS...: with 1, saying so, and the host is as it was.
refused() {
    local text=$1 status=0
    shift
    other/bin/nanotune "$@" >said 2>&1 || status=$?
    [ "$status" -eq 1 ] || { cat said; fail "nanotune $*: $status instead of 1"; }
    grep -qF "$text" said || { cat said; fail "nanotune $*: does not say \"$text\""; }
    is 1 || fail "nanotune $*: has changed the host"
}

start_bus
start_daemon

echo "== the client of the bus is of another version"
refused "bus_client.so is of nanotune $version, and this is nanotune $next: install both in one version" apply idle.toml
refused "bus_client.so is of nanotune $version" status --bus

echo "== the daemon is of another version"
rm other/lib/bus_client.so
of_next "$build/lib/bus_client.so" other/lib/bus_client.so
refused "nanotuned $version runs here, and this is nanotune $next" apply idle.toml
grep -qF "systemctl restart nanotuned" said || fail "the way out is not told"
refused "nanotuned $version runs here" status --bus

echo "== looking without the daemon goes on, and so does the daemon's own version"
other/bin/nanotune status --direct >said 2>&1 || { cat said; fail "status --direct"; }
nanotune apply idle.toml --bus >said 2>&1 || { cat said; fail "apply"; }
is 0 || fail "not applied"
stop_daemon
