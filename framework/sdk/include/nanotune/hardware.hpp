// What a host is made of besides its settings: sockets, caches and memory around the CPUs, and what
// of a NIC is served by which of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nanotune/owners.hpp>
#include <nanotune/target.hpp>
#include <nanotune/topology.hpp>

namespace nanotune {

/// A cache for data, of level 2 or above, and the online CPUs that share it.
struct Cache {
    unsigned level = 0;
    std::uint64_t bytes = 0;  ///< 0 where the kernel does not say
    CpuSet cpus;
    friend bool operator==(const Cache&, const Cache&) = default;
};

/// Huge pages of one size on a node.
struct HugePages {
    std::uint64_t bytes = 0;  ///< of one page
    std::uint64_t total = 0;
    std::uint64_t free = 0;
    friend bool operator==(const HugePages&, const HugePages&) = default;
};

struct NodeMemory {
    std::uint64_t bytes = 0;
    std::uint64_t free_bytes = 0;
    std::vector<HugePages> huge_pages;  ///< every size that the kernel has, the smallest first
    friend bool operator==(const NodeMemory&, const NodeMemory&) = default;
};

/// A value; reads nothing by itself. What the kernel does not say is not in it.
struct Hardware {
    Topology topology;
    CpuSet partitioned;  ///< isolated by partitions of cgroup v2, while the kernel runs
    CpuSet nohz_full;
    std::map<unsigned, CpuSet> sockets;     ///< online CPUs of each
    std::map<unsigned, CpuSet> offline;     ///< of each node, where the kernel says which it is on
    std::vector<Cache> caches;              ///< by level and first CPU
    std::map<unsigned, NodeMemory> memory;  ///< of each node

    friend bool operator==(const Hardware&, const Hardware&) = default;
};

/// Reads /sys/devices/system/{cpu,node}. Errors: as observed_topology.
[[nodiscard]] Result<Hardware> observed_hardware(Files& files);

/// Queues that share an interrupt, or those whose interrupt nobody says.
struct ServedQueues {
    std::optional<unsigned> irq;
    std::string action;  ///< its name in /proc/interrupts
    CpuSet rx;  ///< queue numbers; without any it serves something else, or it is not known
    CpuSet tx;
    std::vector<unsigned> napis;
    std::optional<CpuSet> affinity;   ///< CPUs that it may run on
    std::optional<CpuSet> effective;  ///< those that it runs on; empty while it is not set up
    friend bool operator==(const ServedQueues&, const ServedQueues&) = default;
};

/// A NIC as it lies in the host.
struct NicLayout {
    Candidate nic;
    std::optional<unsigned> node;
    std::optional<unsigned> speed;  ///< Mb/s
    bool is_up = false;
    bool has_carrier = false;
    std::vector<ServedQueues> served;   ///< interrupts by their first queue; what is unknown last
    std::vector<NicOwner> owners = {};  ///< besides the kernel's own stack
};

/// `nic` is a candidate of discover::nics, `interrupts` are those of discover::nic_interrupts that
/// belong to it. Errors: not_found for a device that has gone.
[[nodiscard]] Result<NicLayout> observed_layout(System& system, const Candidate& nic,
                                                std::span<const Candidate> interrupts);

}  // namespace nanotune
