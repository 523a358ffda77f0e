#!/bin/sh
# Each library that the program loads costs every command, however short, some tenths of a millisecond;
# one use in a seldom used verb is enough. What it loads is written down here. The SDK is not among it:
# the program has that in itself, and gives plugins all that they would find in libnanotune.so.
#
#   tests/packaging/libraries_test.sh BUILD-FOLDER
set -eu
expected="ld-linux-x86-64.so.2 libc.so.6 libmnl.so.0"
grep --quiet '^LIBNL_ARCHIVE:.*=/' "$1/CMakeCache.txt" || expected="$expected libnl-3.so.200"
loaded=$(readelf --dynamic "$1/bin/nanotune" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    sed 's/^ld-linux-.*/ld-linux-x86-64.so.2/' | sort | tr '\n' ' ')
[ "$loaded" = "$expected " ] || {
    echo "bin/nanotune loads: $loaded"
    echo "and should load:    $expected"
    exit 1
}

soname() { readelf --dynamic "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'; }
[ "$(soname "$1/bin/nanotune")" = "$(soname "$1/lib/libnanotune.so")" ] || {
    echo "bin/nanotune is $(soname "$1/bin/nanotune"), and a plugin would load another SDK beside it"
    exit 1
}

# What is weak else is of templates and of tables without code, which each plugin has for itself.
given() {
    nm --dynamic --defined-only "$1" | awk '$2 ~ /^[TDBR]$/ || $3 ~ /^_ZTVN8nanotune/ { print $3 }' | sort
}
given "$1/bin/nanotune" >"${TMPDIR:-/tmp}/given.$$"
missing=$(given "$1/lib/libnanotune.so" | comm -23 - "${TMPDIR:-/tmp}/given.$$" | c++filt)
rm "${TMPDIR:-/tmp}/given.$$"
[ -z "$missing" ] || {
    echo "a plugin does not find in bin/nanotune:"
    echo "$missing"
    exit 1
}
