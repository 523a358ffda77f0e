// Reads the nodes' CPU lists: a few files, where the whole topology would be one for each CPU.
#include "memory_nodes.hpp"

#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>

namespace nanotune::numa {

Result<MemoryNodes> MemoryNodes::of_host(System& system) {
    MemoryNodes nodes;
    NT_TRY(const auto found, discover::nodes(system));
    for (const Candidate& node : found) {
        NT_TRY(const std::string list, system.files().read("/sys/devices/system/node/node" +
                                                           node.target.name + "/cpulist"));
        NT_TRY(CpuSet cpus, CpuSet::from_list(list));
        for (const unsigned number : node.ids.members()) {
            nodes.cpus_.emplace(number, cpus);
        }
    }
    if (nodes.cpus_.empty()) {
        nodes.cpus_.emplace(0, CpuSet{});
    }
    return nodes;
}

CpuSet MemoryNodes::holding(const CpuSet& cpus) const {
    if (is_single()) {
        return CpuSet::of(cpus_.begin()->first);
    }
    CpuSet nodes;
    for (const auto& [node, members] : cpus_) {
        if (members.intersects(cpus)) {
            nodes.add(node);
        }
    }
    return nodes;
}

std::optional<unsigned> MemoryNodes::of_nic(const Candidate& nic) const {
    if (is_single()) {
        return cpus_.begin()->first;
    }
    return leading_number<unsigned>(nic.fact("numa_node"));
}

}  // namespace nanotune::numa
