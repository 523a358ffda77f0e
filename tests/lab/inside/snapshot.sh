#!/bin/bash
# What other programs say about the whole guest, for comparing before with after. Sourced by the scripts here.

. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../../demo/snapshot.sh"

# Besides the settings of networking and of the host: what ethtool knows of these NICs.
snapshot() { # DEVICE...
    local device what
    # Where nanotune kept its journal and its history, and what the kernel counts, say nothing about the host's settings.
    host_snapshot | grep --text --invert-match --extended-regexp '^/(run|var/lib)/nanotune$|/khugepaged/(full_scans|pages_collapsed):'
    for device in "$@"; do
        for what in ring coalesce pause rxfh-indir priv-flags fec; do
            echo "== $device $what"
            ethtool --show-$what "$device" 2>&1 || true
        done
        echo "== $device link and queueing discipline"
        ethtool "$device" 2>&1 | grep --extended-regexp 'base|Auto-negotiation|Speed|Duplex' || true
        tc qdisc show dev "$device"
    done
    lines_of /sys/devices/system/cpu/{online,smt/control} /sys/devices/system/node/node*/hugepages/*/nr_hugepages
}
