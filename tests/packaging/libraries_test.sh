#!/bin/sh
# Each library that the program loads costs every command, however short, some tenths of a millisecond;
# one use in a seldom used verb is enough. What it loads is written down here.
#
#   tests/packaging/libraries_test.sh BUILD-FOLDER
set -eu
expected="ld-linux-x86-64.so.2 libc.so.6 libmnl.so.0 libnanotune.so libnl-3.so.200"
loaded=$(readelf --dynamic "$1/bin/nanotune" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    sed 's/^\(libnanotune\.so\)\..*/\1/; s/^ld-linux-.*/ld-linux-x86-64.so.2/' | sort | tr '\n' ' ')
[ "$loaded" = "$expected " ] || {
    echo "bin/nanotune loads: $loaded"
    echo "and should load:    $expected"
    exit 1
}
