#!/bin/bash
# A program, and a thread, that a profile names has its own scheduling and CPUs soon after it starts. The kernel tells of
# starts in the first network and PID namespaces alone: the daemon is among the machine's processes here, and the profile
# names those of this test. The times are printed; the middle one is held against twenty times what is
# asked for, as the machine may be busy.
#
#   tests/bus/starts.sh BUILD-FOLDER
set -euo pipefail
among_all=yes bus='' daemon=''
. "$(dirname "$0")/bus.sh"
measure=$tree/tests/bus/starts.py

"$measure" is-told || { echo "SKIPPED: nobody is told here that a program has started, and nothing was tested"; exit 77; }

rm -rf /etc/nanotune
mkdir -p /etc/nanotune
printf '[drift]\npoll = 600\n' >/etc/nanotune/host.toml # what has its own soon has it by the kernel's notice
cat >starts.toml <<'END'
[process.feed]
match = { comm = "starts-program" }
policy = "fifo"
priority = 7
cpus = "0"

[process.readers]
match = { comm = "starts-threads" }
threads = [{ name = "starts-rx", policy = "fifo", priority = 8, cpus = "0" }]
END
ln -s "$(command -v sleep)" starts-program # a process has the name by which it was started
trap 'kill $bus $daemon 2>/dev/null || true' EXIT # no PID namespace ends them
start_bus
start_daemon
nanotune apply starts.toml --bus >said || { cat said; fail "not applied"; }

echo "== programs, from the moment before they start: more than 20 of them, one after the other"
"$measure" programs ./starts-program 25 || fail "it has not its own"

echo "== threads, from the moment at which they have their name"
"$measure" threads starts-threads:starts-rx 7 || fail "it has not its own"
nanotune history --direct --last 1 | grep -qE 'a program has started|programs may have started' || { nanotune history --direct; fail "somebody else did it"; }
stop_daemon
