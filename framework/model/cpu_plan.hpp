// The one CPU plan of a profile, and the words that masks are made of.
#pragma once

#include <optional>
#include <string_view>

#include <nanotune/topology.hpp>

namespace nanotune {

/// Which CPUs do what. Sets that a profile leaves out follow from the others (see docs/profile.md).
struct CpuPlan {
    CpuSet housekeeping;
    CpuSet irq;
    CpuSet datapath;
    CpuSet isolated;
    friend bool operator==(const CpuPlan&, const CpuPlan&) = default;
};

/// "auto" for all four on this topology (the one that the plan leaves). `preferred_node` is the
/// NIC's. One CPU does everything; with two, CPU 0 keeps house and takes interrupts, the other is
/// the datapath's; from three on the housekeeping core, one IRQ core, the rest datapath and
/// isolated; cores of the preferred node go to IRQ and datapath first.
[[nodiscard]] CpuPlan automatic_plan(const Topology& topology,
                                     std::optional<unsigned> preferred_node);

/// What the words of a CPU expression mean. Asked only for what an expression uses: on a large host
/// the topology is thousands of files.
class CpuWords {
  public:
    CpuWords() = default;
    virtual ~CpuWords() = default;
    CpuWords(const CpuWords&) = delete;
    CpuWords& operator=(const CpuWords&) = delete;
    CpuWords(CpuWords&&) = delete;
    CpuWords& operator=(CpuWords&&) = delete;

    [[nodiscard]] virtual const Topology& topology() const = 0;
    [[nodiscard]] virtual const CpuPlan& plan() const = 0;
    /// CPUs of a device's NUMA node. Errors: not_found.
    [[nodiscard]] virtual Result<CpuSet> cpus_near(std::string_view device) const = 0;
};

/// "0-3,8", "isolated", "housekeeping", "irq", "datapath", "online", "numa(eth0)", "siblings(2)",
/// and those joined by commas. Errors: invalid (nearest word), not_found.
[[nodiscard]] Result<CpuSet> cpus_of(std::string_view expression, const CpuWords& words);

}  // namespace nanotune
