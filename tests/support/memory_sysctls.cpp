// Memory: sysctls of a Linux 6.x server, as they read after boot.
#include "support/sysctl_defaults.hpp"

namespace nanotune::test {

namespace {

// clang-format off
constexpr SysctlDefault memory_defaults[] = {
    {"vm/admin_reserve_kbytes", "8192"},
    {"vm/compact_memory", "0"},
    {"vm/compact_unevictable_allowed", "1"},
    {"vm/compaction_proactiveness", "20"},
    {"vm/dirty_background_bytes", "0"},
    {"vm/dirty_background_ratio", "10"},
    {"vm/dirty_bytes", "0"},
    {"vm/dirty_expire_centisecs", "3000"},
    {"vm/dirty_ratio", "20"},
    {"vm/dirty_writeback_centisecs", "500"},
    {"vm/dirtytime_expire_seconds", "43200"},
    {"vm/drop_caches", "0"},
    {"vm/extfrag_threshold", "500"},
    {"vm/hugetlb_optimize_vmemmap", "0"},
    {"vm/hugetlb_shm_group", "0"},
    {"vm/laptop_mode", "0"},
    {"vm/legacy_va_layout", "0"},
    {"vm/lowmem_reserve_ratio", "256\t256\t32\t0\t0"},
    {"vm/max_map_count", "65530"},
    {"vm/memfd_noexec", "0"},
    {"vm/min_free_kbytes", "67584"},
    {"vm/min_slab_ratio", "5"},
    {"vm/min_unmapped_ratio", "1"},
    {"vm/mmap_min_addr", "4096"},
    {"vm/mmap_rnd_bits", "28"},
    {"vm/mmap_rnd_compat_bits", "8"},
    {"vm/nr_hugepages", "0"},
    {"vm/nr_hugepages_mempolicy", "0"},
    {"vm/nr_overcommit_hugepages", "0"},
    {"vm/numa_zonelist_order", "Node"},
    {"vm/oom_dump_tasks", "1"},
    {"vm/oom_kill_allocating_task", "0"},
    {"vm/overcommit_kbytes", "0"},
    {"vm/overcommit_memory", "0"},
    {"vm/overcommit_ratio", "50"},
    {"vm/page-cluster", "3"},
    {"vm/page_lock_unfairness", "5"},
    {"vm/panic_on_oom", "0"},
    {"vm/percpu_pagelist_high_fraction", "0"},
    {"vm/shrink_inodes_with_pagecache", "0"},
    {"vm/stat_interval", "1"},
    {"vm/stat_refresh", "0"},
    {"vm/swappiness", "60"},
    {"vm/unprivileged_userfaultfd", "0"},
    {"vm/user_reserve_kbytes", "100405"},
    {"vm/vfs_cache_pressure", "100"},
    {"vm/vfs_cache_pressure_denom", "100"},
    {"vm/watermark_boost_factor", "15000"},
    {"vm/watermark_scale_factor", "10"},
    {"vm/zone_reclaim_mode", "0"},
};
// clang-format on

}  // namespace

std::span<const SysctlDefault> memory_sysctls() {
    return memory_defaults;
}

}  // namespace nanotune::test
