// Idle states by the names that the host's driver gives them, CPU by CPU.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::cpu {

/// `idle_states.C6`: whether the core may enter that state. Targets are CPUs; a state is a folder
/// /sys/devices/system/cpu/cpuN/cpuidle/stateM (Documentation/admin-guide/pm/cpuidle.rst), whose
/// number may differ from core to core.
class IdleStatesBank final : public Bank {
  public:
    using Bank::Bank;

    /// Those that most drivers have.
    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override;
    [[nodiscard]] std::vector<Tunable> patterns() const override;
    [[nodiscard]] std::vector<std::string> open_names(System& system) const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;
};

}  // namespace nanotune::cpu
