#include "worker/memory_nodes.hpp"

#include <cerrno>
#include <climits>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>
#include <nanotune/words.hpp>

#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::worker {

namespace {

constexpr std::size_t list_limit = 64UL << 10;
constexpr std::size_t maps_limit = 16UL << 20;

Result<CpuSet> list_in(const std::string& path) {
    NT_TRY(const std::string text, read_file(path, list_limit));
    return CpuSet::from_list(without_line_ends(text));
}

/// As the kernel takes it: bits in words. It counts one bit less than it is told of.
struct NodeMask {
    static constexpr std::size_t bits = sizeof(unsigned long) * CHAR_BIT;

    explicit NodeMask(const CpuSet& nodes) : words(nodes.members().back() / bits + 1) {
        for (const unsigned node : nodes.members()) {
            words[node / bits] |= 1UL << node % bits;
        }
    }
    [[nodiscard]] unsigned long size() const { return words.size() * bits + 1; }

    std::vector<unsigned long> words;
};

/// Of this process now.
Result<std::size_t> found_elsewhere(const CpuSet& nodes) {
    NT_TRY(const std::string maps, read_file("/proc/self/numa_maps", maps_limit));
    return pages_elsewhere(maps, nodes);
}

}  // namespace

Result<MemoryNodes> nodes_of(const CpuSet& cpus, const std::string& folder) {
    const auto with_memory = list_in(folder + "/has_memory");
    if (!with_memory) {
        return failure(ErrorCode::unsupported, "the kernel knows of no memory nodes");
    }
    MemoryNodes found;
    CpuSet on_none = cpus;
    for (const unsigned node : with_memory->members()) {
        NT_TRY(const CpuSet near, list_in(fmt::format("{}/node{}/cpulist", folder, node)));
        if (near.intersects(cpus)) {
            found.nodes.add(node);
            on_none = on_none - near;
        }
    }
    if (!on_none.empty()) {
        return failure(ErrorCode::unsupported,
                       fmt::format("CPU {} is on no node with memory", on_none.list()));
    }
    found.are_all = found.nodes == *with_memory;
    return found;
}

BoundMemory BoundMemory::to_nodes_of(const CpuSet& cpus) {
    if (cpus.empty()) {
        return BoundMemory("wherever it is taken: no CPU is given");
    }
    const auto found = nodes_of(cpus, "/sys/devices/system/node");
    if (!found) {
        return BoundMemory("wherever it is taken: " + found.error().message);
    }
    if (found->are_all) {
        return BoundMemory(found->nodes.size() == 1
                               ? "on the only node"
                               : "wherever it is taken: its CPUs are on every node");
    }
    const NodeMask wanted(found->nodes);
    if (::syscall(SYS_set_mempolicy, MPOL_BIND, wanted.words.data(), wanted.size()) != 0) {
        const auto refused = kernel_failure("bind it to node " + found->nodes.list(), errno);
        return BoundMemory("wherever it is taken: " + refused.error().message);
    }
    return BoundMemory(found->nodes, found_elsewhere(found->nodes).value_or(0));
}

std::string BoundMemory::how() const {
    if (!otherwise_.empty()) {
        return otherwise_;
    }
    const auto elsewhere = found_elsewhere(nodes_);
    return fmt::format("on node {}{}", nodes_.list(),
                       !elsewhere ? ", as far as is known"
                       : *elsewhere <= others_
                           ? ""
                           : fmt::format(", but for {} pages", *elsewhere - others_));
}

std::size_t pages_elsewhere(const std::string& maps, const CpuSet& nodes) {
    std::size_t pages = 0;
    for (std::string_view rest = maps; !rest.empty();) {
        const std::string_view line = next_line(rest);
        // Huge pages of nobody else are shown as those of a file that was deleted.
        if (!line.contains(" anon=") || (line.contains(" file=") && !line.contains(" huge "))) {
            continue;
        }
        for (const std::string_view word : split_words(line)) {
            const std::size_t sign = word.find('=');
            if (!word.starts_with('N') || sign == std::string_view::npos) {
                continue;
            }
            const auto node = whole_number<unsigned>(word.substr(1, sign - 1));
            const auto count = whole_number<std::size_t>(word.substr(sign + 1));
            pages += node && count && !nodes.contains(*node) ? *count : 0;
        }
    }
    return pages;
}

}  // namespace nanotune::worker
