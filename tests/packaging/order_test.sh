#!/bin/sh
# What an apply goes through lies side by side in the program, by a list of names (cli/on_the_way.list). Names change
# with the code; a list of which too little is left has to be made again. One name of three may be missing: compilers differ, too.
#
#   tests/packaging/order_test.sh BUILD-FOLDER LIST
set -eu
map=$(mktemp)
trap 'rm "$map"' EXIT
section=$(readelf --section-headers --wide "$1/bin/nanotune" |
    sed -n 's/^ *\[ *\([0-9]*\)\] \.text\.on_the_way .*/\1/p')
[ -n "$section" ] || {
    echo "bin/nanotune has nothing in the order of $2"
    exit 1
}
readelf --symbols --wide "$1/bin/nanotune" |
    awk -v section="$section" '$4 == "FUNC" && $7 == section { print $8 }' | sort -u >"$map"
names=$(wc -l <"$2")
gone=$(sort -u "$2" | comm -23 - "$map" | wc -l)
[ $((gone * 3)) -le "$names" ] || {
    echo "$gone of the $names functions in $2 are not in bin/nanotune: packaging/order-functions makes the list again"
    exit 1
}
