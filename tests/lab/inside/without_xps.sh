#!/bin/bash
# virtio-net deals its XPS masks out anew whenever a CPU comes or goes, and offline CPUs cannot be put back into one:
# scripts that take CPUs away begin without any. Sourced by them.
for queue in /sys/class/net/eth*/queues/tx-*; do
    # A device with one queue has the file, and refuses.
    [ "$(find "${queue%/*}" -name 'tx-*' | wc -l)" -eq 1 ] || echo 0 >"$queue/xps_cpus"
done
