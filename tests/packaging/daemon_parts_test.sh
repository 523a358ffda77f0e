#!/bin/sh
# nanotuned stays for as long as the host does, and so does what it has loaded. It takes a few sources of
# the command line; one of them that is compiled together with others brings every verb along. Each command
# that finds a daemon loads its client, which would have the engine along with one source as well.
#
#   tests/packaging/daemon_parts_test.sh BUILD-FOLDER
set -eu
parts=$(nm --demangle --defined-only "$1/bin/nanotuned")
echo "$parts" | grep -q ' nanotune::daemon::serve(' || {
    echo "bin/nanotuned has no symbols to go by"
    exit 1
}
verbs=$(echo "$parts" | grep -o -e 'nanotune::cli::[a-z_]*_command$' -e 'boost::program_options' | sort -u)
[ -z "$verbs" ] || {
    echo "bin/nanotuned carries what the command line alone needs:"
    echo "$verbs"
    exit 1
}
client=$(nm --demangle --defined-only "$1/lib/bus_client.so")
echo "$client" | grep -q ' nanotune::bus::' || {
    echo "lib/bus_client.so has no symbols to go by"
    exit 1
}
if echo "$client" | grep -q ' nanotune::Engine::'; then
    echo "lib/bus_client.so carries the engine"
    exit 1
fi
