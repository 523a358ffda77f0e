#!/bin/bash
# Configures this tree where libnl-3.a is hidden, in a mount namespace of its own.
#
#   tests/packaging/shared_libnl_test.sh SOURCE-FOLDER CMAKE GENERATOR CXX-COMPILER LIBNL-ARCHIVE
set -euo pipefail
source=$(realpath "$1")
cmake=$2 generator=$3 compiler=$4 archive=$(realpath "$5")

fail() {
    echo "$1"
    exit 1
}

if [ "${6:-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || fail "a mount namespace needs root"
    exec unshare --mount --propagation private -- "$0" "$source" "$cmake" "$generator" "$compiler" "$archive" --inside
fi

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
mount -t tmpfs tmpfs "$work"
trap 'umount --lazy "$work" && rmdir "$work"' EXIT
folder=${archive%/*}
mkdir "$work/upper" "$work/work"
mount -t overlay -o "lowerdir=$folder,upperdir=$work/upper,workdir=$work/work" overlay "$folder"
rm "$archive"

"$cmake" -S "$source" -B "$work/build" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release \
    -DNANOTUNE_TESTS=OFF >"$work/log" 2>&1 || { cat "$work/log"; fail "it is not configured without libnl-3.a"; }
grep --quiet 'no libnl-3.a is linked in: programs load the shared libnl-3' "$work/log" || { cat "$work/log"; fail "and does not say so"; }
! grep --quiet 'set(CPACK_RPM_PACKAGE_LICENSE .*LGPL-2.1-only' "$work/build/CPackConfig.cmake" || fail "the packages are said to carry it"
"$cmake" --build "$work/build" --target help >/dev/null
grep --recursive --quiet 'libnl-3[.]so\|-lnl-3' "$work/build" --include=build.ninja --include=link.txt ||
    fail "nothing is linked with the shared libnl-3"
! grep --recursive --quiet 'libnl-3[.]a' "$work/build" --include=build.ninja --include=link.txt || fail "libnl-3.a is linked in"
