#!/bin/bash
# Huge pages on two memory nodes, page merging, NUMA balancing and write-back, checked with the kernel's files,
# sysctl and /proc/meminfo.
# shellcheck disable=SC2317,SC2119 # functions that sets is given, and no device
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/setting.sh"
. "$here/snapshot.sh"

chosen() { sed 's/.*\[\(.*\)\].*/\1/' "/sys/kernel/mm/transparent_hugepage/$1"; }
pages_of_node() { awk '$3 == "HugePages_Total:" { print $4 }' "/sys/devices/system/node/node$1/meminfo"; }

snapshot >before

table '[memory]'
sets transparent_hugepages '"never"' never chosen enabled
sets transparent_hugepages_defrag '"never"' never chosen defrag
sets khugepaged_defrag false 0 cat /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
sets ksm '"on"' 1 cat /sys/kernel/mm/ksm/run
sets swappiness 10 10 sysctl --values vm.swappiness
sets stat_interval '"10s"' 10 sysctl --values vm.stat_interval
sets compaction_proactiveness 0 0 sysctl --values vm.compaction_proactiveness
sets zone_reclaim_mode 1 1 sysctl --values vm.zone_reclaim_mode
sets dirty_ratio '"40%"' 40 sysctl --values vm.dirty_ratio
sets dirty_background_ratio '"5%"' 5 sysctl --values vm.dirty_background_ratio
sets min_free_kbytes '"8MiB"' 8192 sysctl --values vm.min_free_kbytes
table '[numa]'
sets balancing false 0 sysctl --values kernel.numa_balancing
table '[memory."0"]'
sets hugepages.2MiB 8 8 pages_of_node 0
table '[memory."1"]'
sets hugepages.2MiB 16 16 pages_of_node 1
check_all "memory"

table '[memory]'
sets transparent_hugepages '"madvise"' madvise chosen enabled
sets transparent_hugepages_defrag '"defer+madvise"' defer+madvise chosen defrag
check_all "huge pages on request"

# More than the node has. The kernel takes what it finds; that is told, and under --strict taken back.
echo '[memory."1"]
hugepages.2MiB = 4096' >profile.toml
runs 0 apply profile.toml
got=$(pages_of_node 1)
grep --quiet "made $got of 4096" said || complain "apply does not say that it got $got of 4096 pages" said
runs 0 verify
runs 0 rollback
[ "$(pages_of_node 1)" = 0 ] || complain "$(pages_of_node 1) pages are left on node 1"
runs 4 apply profile.toml --strict
[ "$(pages_of_node 1)" = 0 ] || complain "under --strict, $(pages_of_node 1) pages are left on node 1"
echo "4096 pages on node 1: $got adjusted, 0 under --strict"

snapshot >after
diff before after >differences || complain "rolled back, the host is not as it was" differences
finish
