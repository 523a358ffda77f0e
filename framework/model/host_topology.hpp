// Everything that `topology` shows, as one value: the hardware, and the NICs on it.
#pragma once

#include <string>
#include <vector>

#include <nanotune/hardware.hpp>

namespace nanotune {

struct HostTopology {
    Hardware hardware;
    std::vector<NicLayout> nics;     ///< in the order of their numbers
    std::vector<std::string> notes;  ///< what could not be looked at, and why
};

/// The nodes, other than the NIC's own, on whose CPUs the interrupt runs; while it is not set up,
/// those that it may run on where none of them is the NIC's. Empty where the NIC's is not known.
[[nodiscard]] CpuSet far_nodes(const Topology& topology, const NicLayout& nic,
                               const ServedQueues& served);

}  // namespace nanotune
