// Whether irqbalance may move an interrupt. Only there while irqbalance runs.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::irq {

class IrqbalanceBank final : public Bank {
  public:
    using Bank::Bank;

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    /// Errors: not_found where irqbalance does not run, conflict where it does not answer.
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
};

}  // namespace nanotune::irq
