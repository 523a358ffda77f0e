// CPUs, cores and NUMA nodes: what the host has now, and what a plan leaves of it.
#pragma once

#include <map>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>
#include <nanotune/system.hpp>

namespace nanotune {

/// A value; reads nothing by itself.
struct Topology {
    CpuSet present;
    CpuSet online;
    CpuSet isolated;            ///< /sys/devices/system/cpu/isolated (isolcpus=domain)
    std::vector<CpuSet> cores;  ///< online hardware threads of each core, by first CPU: the kernel
                                ///< does not say what core an offline CPU is on
    std::map<unsigned, CpuSet> nodes;  ///< node number to its CPUs; {0, present} without NUMA

    /// The threads of the CPU's core, itself included; empty for an unknown CPU.
    [[nodiscard]] CpuSet siblings(unsigned cpu) const;
    [[nodiscard]] std::optional<unsigned> node_of(unsigned cpu) const;
    /// The nodes on which these CPUs are.
    [[nodiscard]] CpuSet nodes_of(const CpuSet& cpus) const;
    /// The same host with one thread a core online (SMT off): what would then be observed.
    [[nodiscard]] Topology without_siblings() const;
    /// The same host with these CPUs taken offline: what would then be observed.
    [[nodiscard]] Topology without(const CpuSet& cpus) const;

    friend bool operator==(const Topology&, const Topology&) = default;
};

/// Reads /sys/devices/system/{cpu,node}. Errors: not_found where sysfs is not mounted.
[[nodiscard]] Result<Topology> observed_topology(Files& files);

}  // namespace nanotune
