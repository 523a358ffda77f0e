// Which CPUs may serve an interrupt. The kernel keeps two answers: the set that was asked for, and
// the CPU that it chose of it, which moves only when the interrupt comes next.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::irq {

class AffinityBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    /// The set that was asked for; the note names the CPU in effect, pending while that one is
    /// outside.
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    /// Errors: unsupported where the kernel says beforehand that it does not move the interrupt.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// Errors: unmovable, exhausted, refused.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

}  // namespace nanotune::irq
