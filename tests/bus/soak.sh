#!/bin/bash
# One nanotuned for a long time: applies without end, and more clients than it has jobs for.
#
#   [NANOTUNE_SOAK_APPLIES=N] [NANOTUNE_SOAK_CLIENTS=N] tests/bus/soak.sh BUILD-FOLDER
#
# By default a shortened form, which every test run has; `make soak` asks for 10000 and 200.
set -euo pipefail
export NANOTUNE_SOAK_APPLIES=${NANOTUNE_SOAK_APPLIES:-150} NANOTUNE_SOAK_CLIENTS=${NANOTUNE_SOAK_CLIENTS:-100}
. "$(dirname "$0")/bus.sh"

start_bus
start_daemon --profile-dir /run/here/profiles
NANOTUNE_SOAK_DAEMON=$daemon "$build/tests/bus/nanotune-bus-clients" "[soak]" || fail "it does not last"
state_is clean || fail "the state is $(property State)"
stop_daemon
