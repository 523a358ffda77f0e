// Offloads: what a NIC or the stack does to packets on its own. The kernel's names, so that a
// feature newer than this file needs no row in it.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

class FeaturesBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const override;
    [[nodiscard]] std::vector<Tunable> patterns() const override;
    [[nodiscard]] std::vector<std::string> open_names(System& system) const override;
    /// What is active; what was asked for beside it, where the driver or another feature overrules
    /// that.
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// What the kernel would keep off, naming what it needs, or what stands against it.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// One message. A fixed feature that is otherwise is unsupported; the others are written all
    /// the same.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;
};

}  // namespace nanotune::nic
