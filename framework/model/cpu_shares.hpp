// Sharing out the CPUs that a profile gives to nobody.
#pragma once

#include <optional>

#include "cpu_plan.hpp"

namespace nanotune {

/// The sets that a profile gives itself; the others are "auto".
struct GivenCpus {
    std::optional<CpuSet> housekeeping;
    std::optional<CpuSet> irq;
    std::optional<CpuSet> datapath;
    std::optional<CpuSet> isolated;
};

/// The plan with the missing sets made of the CPUs that no given set holds.
[[nodiscard]] CpuPlan shared_out(const Topology& topology, std::optional<unsigned> preferred_node,
                                 const GivenCpus& given);

/// Errors: not_found, for CPUs that are not there or not online.
[[nodiscard]] Status check_online(const CpuSet& cpus, const Topology& topology);

}  // namespace nanotune
