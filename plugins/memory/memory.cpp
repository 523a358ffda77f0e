// What the kernel does with memory behind a program's back: every page fault, merge, compaction or
// write-back that it starts by itself lands on somebody's packet.
#include <limits>

#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

namespace nanotune::memory {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

constexpr FileRow background_work[] = {
    {.tunable = {.name = "transparent_hugepages",
                 .domain = choice("always | madvise | never"),
                 .summary = "Which memory gets huge pages without being asked for them."},
     .path = "/sys/kernel/mm/transparent_hugepage/enabled"},
    {.tunable = {.name = "transparent_hugepages_defrag",
                 .domain = choice("always | defer | defer+madvise | madvise | never"),
                 .summary = "Which page faults wait while memory is made contiguous."},
     .path = "/sys/kernel/mm/transparent_hugepage/defrag"},
    {.tunable = {.name = "khugepaged_defrag",
                 .domain = flag(),
                 .summary = "Whether khugepaged makes memory contiguous in the background."},
     .path = "/sys/kernel/mm/transparent_hugepage/khugepaged/defrag"},
    {.tunable = {.name = "ksm",
                 .domain = choice("off | on | unmerge", "0 | 1 | 2"),
                 .summary = "Whether equal pages are merged; \"unmerge\" also takes apart what is "
                            "merged."},
     .path = "/sys/kernel/mm/ksm/run"},
    {.tunable = {.name = "swappiness",
                 .domain = integer(0, 200),
                 .summary = "How readily programs' memory is swapped out instead of files' caches.",
                 .alias = "sysctl.vm.swappiness"},
     .path = "/proc/sys/vm/swappiness"},
    {.tunable = {.name = "zone_reclaim_mode",
                 .domain = integer(0, 7),
                 .summary = "Bits: reclaim on the own node (1), write back (2), swap (4) before "
                            "taking memory of another node.",
                 .alias = "sysctl.vm.zone_reclaim_mode"},
     .path = "/proc/sys/vm/zone_reclaim_mode"},
    {.tunable = {.name = "stat_interval",
                 .domain = integer(1, most, Unit::seconds),
                 .summary = "Time between two updates of memory statistics on every CPU.",
                 .alias = "sysctl.vm.stat_interval"},
     .path = "/proc/sys/vm/stat_interval"},
    {.tunable = {.name = "compaction_proactiveness",
                 .domain = integer(0, 100),
                 .summary = "How eagerly memory is made contiguous before anybody asks; 0 for "
                            "never.",
                 .alias = "sysctl.vm.compaction_proactiveness"},
     .path = "/proc/sys/vm/compaction_proactiveness"},
    {.tunable = {.name = "min_free_kbytes",
                 .domain = integer(1, most, Unit::kibibytes),
                 .summary = "Memory kept free for interrupts and other allocations that cannot "
                            "wait.",
                 .alias = "sysctl.vm.min_free_kbytes"},
     .path = "/proc/sys/vm/min_free_kbytes"},
    {.tunable = {.name = "dirty_ratio",
                 .domain = integer(0, 100, Unit::percent),
                 .summary = "Share of memory that may wait to be written before the writer has to "
                            "write it.",
                 .alias = "sysctl.vm.dirty_ratio"},
     .path = "/proc/sys/vm/dirty_ratio",
     .rival = "/proc/sys/vm/dirty_bytes"},
    {.tunable = {.name = "dirty_background_ratio",
                 .domain = integer(0, 100, Unit::percent),
                 .summary = "Share of memory that may wait to be written before the kernel starts "
                            "to write it.",
                 .alias = "sysctl.vm.dirty_background_ratio",
                 .at_most = "memory.dirty_ratio"},
     .path = "/proc/sys/vm/dirty_background_ratio",
     .rival = "/proc/sys/vm/dirty_background_bytes"},
};

// The kernel takes as many as it finds contiguous memory for, and no error says that it found less.
constexpr FileRow huge_pages[] = {
    {.tunable = {.name = "hugepages.2MiB",
                 .domain = integer(0, most),
                 .summary = "Number of huge pages of 2 MiB set aside on the node."},
     .path = "/sys/devices/system/node/node{}/hugepages/hugepages-2048kB/nr_hugepages"},
    {.tunable = {.name = "hugepages.1GiB",
                 .domain = integer(0, most),
                 .summary = "Number of huge pages of 1 GiB set aside on the node."},
     .path = "/sys/devices/system/node/node{}/hugepages/hugepages-1048576kB/nr_hugepages"},
};

constexpr FileRow of_disks[] = {
    {.tunable = {.name = "readahead",
                 .domain = integer(0, most, Unit::kibibytes),
                 .summary =
                     "Data that is read from every disk ahead of a program that reads a file "
                     "from its beginning to its end."},
     .path = "/sys/block/{}/queue/read_ahead_kb"},
};

/// Memory that is used as a disk gains nothing from being read ahead.
Result<std::vector<Candidate>> disks(System& system) {
    std::vector<Candidate> found;
    for (const std::string& name :
         system.files().list("/sys/block").value_or(std::vector<std::string>{})) {
        const bool is_of_memory = name.starts_with("ram") || name.starts_with("zram");
        if (!is_of_memory && !name.starts_with("loop")) {
            found.push_back({.target = {.kind = "disk", .name = name}, .facts = {{"name", name}}});
        }
    }
    return found;
}

void define(PluginBuilder& memory) {
    memory.sections_select(Selector::ids);
    memory.add<FileBank>(packed<background_work>, BankPlace{Stage::host, discover::host});
    memory.add<FileBank>(packed<huge_pages>, BankPlace{Stage::host, discover::nodes});
    memory.add<FileBank>(packed<of_disks>, BankPlace{Stage::host, disks});
}

}  // namespace
}  // namespace nanotune::memory

NANOTUNE_PLUGIN("memory", "Huge pages, page merging, swapping, write-back and read-ahead.",
                nanotune::memory::define)
