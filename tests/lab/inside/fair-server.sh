#!/bin/bash
# The kernel's fair server, at whose change Linux 6.12 warns of its own accounting: with panic_on_warn it is not touched.
set -euo pipefail
. "$(dirname "$0")/setting.sh"

runtime=/sys/kernel/debug/sched/fair_server/cpu1/runtime
printf '[cpu.1]\nfair_server.runtime = "100ms"\n' >fair.toml
before=$(cat $runtime)

echo 1 >/proc/sys/kernel/panic_on_warn
for verb in plan apply; do
    runs 1 $verb fair.toml || true
    grep --quiet 'fair.toml:2:.*panic_on_warn is 1' said || complain "$verb does not say what would end the host" said
done
[ "$(cat $runtime)" = "$before" ] || complain "it is touched all the same"

echo 0 >/proc/sys/kernel/panic_on_warn
table '[cpu.1]'
sets fair_server.runtime '"100ms"' 100000000 cat $runtime
check_all 'fair server'
echo "warnings of the kernel: $(dmesg | grep --count 'WARNING: CPU.*deadline.c' || true)"
finish
