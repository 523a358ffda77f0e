#!/bin/bash
# SMT that was forced off at boot (nosmt=force): a profile that wants it off finds it so, and one that wants it on is told.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"

[ "$(cat /sys/devices/system/cpu/smt/control)" = forceoff ] || complain "SMT is not forced off here"
printf '[cpu]\nsmt = "off"\ngovernor = "performance"\n' >off.toml
runs 0 apply off.toml
grep --quiet 'off is applied: 4 changed, 1 already as wanted' said || complain "SMT that is off is not as wanted" said
runs 0 verify
runs 0 rollback
printf '[cpu]\nsmt = "on"\n' >on.toml
runs 1 plan on.toml
grep --quiet 'on.toml:2:1: cpu.smt on host: SMT of this host is forced off until the next boot' said ||
    complain "plan does not say why SMT cannot be on" said
finish
