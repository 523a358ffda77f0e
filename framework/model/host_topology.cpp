#include "model/host_topology.hpp"

namespace nanotune {

CpuSet far_nodes(const Topology& topology, const NicLayout& nic, const ServedQueues& served) {
    if (!nic.node || !topology.nodes.contains(*nic.node)) {
        return {};
    }
    const CpuSet near = CpuSet::of(*nic.node);
    if (served.effective && !served.effective->empty()) {
        return topology.nodes_of(*served.effective) - near;
    }
    const CpuSet allowed = topology.nodes_of(served.affinity.value_or(CpuSet()));
    return allowed.intersects(near) ? CpuSet() : allowed;
}

}  // namespace nanotune
