// Memory nodes and the CPUs on them, as they are now.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include <nanotune/system.hpp>
#include <nanotune/target.hpp>

namespace nanotune::numa {

class MemoryNodes {
  public:
    /// Node 0 alone where the kernel knows nothing of nodes.
    static Result<MemoryNodes> of_host(System& system);

    /// The nodes on which these CPUs are.
    [[nodiscard]] CpuSet holding(const CpuSet& cpus) const;
    /// The node of a candidate of discover::nics; the only node where there is one. Nothing where
    /// the kernel does not know.
    [[nodiscard]] std::optional<unsigned> of_nic(const Candidate& nic) const;
    [[nodiscard]] bool is_single() const { return cpus_.size() == 1; }

  private:
    std::map<unsigned, CpuSet> cpus_;
};

}  // namespace nanotune::numa
