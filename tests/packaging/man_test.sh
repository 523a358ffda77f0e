#!/bin/sh
# The man pages as they were built: mandoc finds no error in them, man shows them without a word of its own, and each verb
# and option that the program's help names, and each setting that it lists, stands on its page.
#
#   tests/packaging/man_test.sh BUILD-FOLDER
set -eu
build=$(realpath "$1")
pages=$build/docs/man
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*"
    exit 1
}
nanotune() { COLUMNS=9999 "$build/bin/nanotune" "$@"; }

for page in nanotune.1 nanotuned.8 nanotune-profile.5 nanotune-nic.5; do
    [ -s "$pages/$page.gz" ] || fail "there is no $page"
done
for page in "$pages"/*.gz; do
    name=$(basename "$page" .gz)
    gzip -dc "$page" >"$work/roff"
    mandoc -T lint -W error "$work/roff" >"$work/lint" || { cat "$work/lint"; fail "$name"; }
    MANWIDTH=200 man --warnings=w -l "$page" >"$work/$name" 2>"$work/said" || { cat "$work/said"; fail "man -l $page"; }
    [ -s "$work/$name" ] || fail "$name: man shows nothing"
    [ ! -s "$work/said" ] || { cat "$work/said"; fail "$name: man complains"; }
    ! grep -q '^ *@' "$work/$name" || fail "$name: a part is not filled in"
done

verbs=0
for verb in $(nanotune --help | sed -n '/^usage/,/^nanotune VERB/s/^  \([a-z]*\)  *.*/\1/p'); do
    grep -q "^ *nanotune $verb\b" "$work/nanotune.1" || fail "nanotune(1) has no $verb"
    for option in $(nanotune "$verb" --help | sed -n 's/^  \(-., \)*\(--[a-z-]*\) .*/\2/p'); do
        grep -q -w -e "$option" "$work/nanotune.1" || fail "nanotune(1) has no $option of $verb"
    done
    verbs=$((verbs + 1))
done
[ "$verbs" -gt 15 ] || fail "only $verbs verbs are known"

settings=0
for setting in $(nanotune list --json --direct --state-dir "$work/state" | sed -n 's/^ *"name": "\(.*\)",$/\1/p'); do
    grep -q -x -e " *${setting#*.}" "$work/nanotune-${setting%%.*}.5" || fail "nanotune-${setting%%.*}(5) has no ${setting#*.}"
    settings=$((settings + 1))
done
for plugin in boot cpu datapath irq memory nic numa process sysctl; do
    nanotune list $plugin --json --direct --state-dir "$work/state" | sed -n 's/^ *"section": "\(.*\)",$/\1/p' |
        sed 's/\\"/"/g' | sort -u >"$work/sections"
    while read -r section; do
        grep -q -F -e "$section" "$work/nanotune-$plugin.5" || fail "nanotune-$plugin(5) does not say $section"
    done <"$work/sections"
done
for word in drift at_least optional unset match; do
    grep -q -w -e "$word" "$work/nanotune-profile.5" || fail "nanotune-profile(5) has no $word"
done
writable=$(sed -n 's/^ReadWritePaths=-//p' "$(dirname "$0")/../../packaging/systemd/nanotuned.service.in")
tr -s ' \n' '  ' <"$work/nanotuned.8" | grep -q -F -e "$writable" || fail "nanotuned(8) does not say that the unit may write to $writable"
[ "$settings" -gt 200 ] || fail "only $settings settings are known"
echo "$verbs verbs, $settings settings"
