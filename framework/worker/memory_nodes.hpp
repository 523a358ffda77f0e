// Memory that is near the CPUs that use it: on their nodes, and on no other.
#pragma once

#include <cstddef>
#include <string>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Nodes with memory that these CPUs are on, and whether there are others. `folder` is
/// /sys/devices/system/node. Errors: unsupported where the kernel knows of no nodes, or a CPU is on
/// none that has memory.
struct MemoryNodes {
    CpuSet nodes;
    bool are_all = false;
};
[[nodiscard]] Result<MemoryNodes> nodes_of(const CpuSet& cpus, const std::string& folder);

/// The memory of this process, kept on the nodes of the CPUs that it works on.
class BoundMemory {
  public:
    /// What this thread takes from now on, and each that it begins, is taken there, or not at all.
    /// What little it has by now stays where it is: the kernel moves pages once every CPU has
    /// passed by, and one that a real-time worker has does not. Where there is nothing to bind, or
    /// it is not let, the process goes on as it is. Before system calls are given up.
    static BoundMemory to_nodes_of(const CpuSet& cpus);

    /// How it stands, for people: "on node 1", which what was taken since is seen to be.
    [[nodiscard]] std::string how() const;

  private:
    explicit BoundMemory(std::string otherwise) : otherwise_(std::move(otherwise)) {}
    BoundMemory(CpuSet nodes, std::size_t others) : nodes_(std::move(nodes)), others_(others) {}

    CpuSet nodes_;
    std::size_t others_ = 0;  ///< pages that were elsewhere before
    std::string otherwise_;   ///< why it is not bound; "" where it is
};

/// How many pages that are nobody else's are on other nodes, by the text of numa_maps (numa(7)).
[[nodiscard]] std::size_t pages_elsewhere(const std::string& maps, const CpuSet& nodes);

}  // namespace nanotune::worker
