#!/bin/bash
# Installs this build into a scratch prefix, builds a plugin outside the tree against it with two lines
# of CMake, and applies, verifies and rolls back that plugin's setting in a network namespace.
#
#   tests/packaging/outside_plugin.sh BUILD-FOLDER CMAKE GENERATOR CXX-COMPILER
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
cmake=$2 generator=$3 compiler=$4

fail() {
    echo "$1"
    exit 1
}

if [ "${5:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || fail "a network namespace needs root"
    mkdir -p "$build/outside-plugin"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc -- \
        "$here/outside_plugin.sh" "$build" "$cmake" "$generator" "$compiler" --inside
fi

mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
work=$build/outside-plugin
mount -t tmpfs -o mode=0755 tmpfs "$work"
cd "$work"
ip link add veth0 type veth peer name veth1

"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null
if grep --recursive --files-with-matches --fixed-strings "$build" "$work"/prefix/lib*/ --include='*.cmake'; then
    fail "the installed package names the build folder"
fi

cp "$here"/../outside-plugin/* .
"$cmake" -S . -B build -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_INSTALL_PREFIX="$work/prefix" >cmake.log || { cat cmake.log; fail "find_package(nanotune)"; }
"$cmake" --build build || fail "the plugin does not compile against the installed SDK"

group() { cat /sys/class/net/veth0/netdev_group; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
nanotune=$work/prefix/bin/nanotune

echo "-- by --plugin-dir"
plugin_dir=(--plugin-dir "$work/build")
"$nanotune" describe hello.group "${plugin_dir[@]}"
"$nanotune" apply hello.toml "${plugin_dir[@]}"
is "after apply" "$(group)" 42
"$nanotune" verify hello.toml "${plugin_dir[@]}"
"$nanotune" rollback "${plugin_dir[@]}"
is "after rollback" "$(group)" 0

echo "-- installed beside nanotune's own plugins"
"$cmake" --install build >/dev/null
"$nanotune" list hello | tee listed
grep --quiet hello.group listed || fail "list does not show hello.group"
"$nanotune" list nic >listed
grep --quiet nic.mtu listed || fail "nanotune's own plugins are gone"
"$nanotune" apply hello.toml
is "after apply" "$(group)" 42
"$nanotune" rollback
is "after rollback" "$(group)" 0
