#!/bin/bash
# Whatever profiles are applied one after the other, and wherever they are killed: after `rollback
# --all` the namespace is as it was. The seed of what went wrong is told, and does the same again.
#
#   tests/integration/random_profiles.sh BUILD-FOLDER [SEED]
set -euo pipefail

build=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
if [ "${3:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo "a network namespace needs root"; exit 1; }
    mkdir -p "$build/random-profiles"
    exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private -- \
        "$(realpath "$0")" "$build" "${2:-$(od --address-radix=n --format=u4 --read-bytes=4 /dev/urandom | tr --delete ' ')}" --inside
fi

mount -t tmpfs -o mode=0755 tmpfs "$build/random-profiles"
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=0755 tmpfs /var/lib
cd "$build/random-profiles"
exec python3 -I -B "$here/random_profiles.py" "$build/bin/nanotune" "$here/../demo/snapshot.sh" "$2"
