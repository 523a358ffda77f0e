// On which memory nodes a NIC, an interrupt or a process is. Read, never written: what moves them
// are settings of other plugins.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::numa {

class ColocationBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    /// Targets "nic", "irq" (the nodes of the CPUs that may serve it) and "process" (those of the
    /// CPUs that any of its threads may use).
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

}  // namespace nanotune::numa
