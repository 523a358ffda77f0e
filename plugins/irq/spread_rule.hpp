// "These CPUs serve the interrupts of that NIC": who gets which.
#pragma once

#include <nanotune/rule.hpp>

namespace nanotune::irq {

/// `cpus` is the set, `spread` how it is dealt out: one-to-one (queue i to the i-th CPU, other
/// interrupts to the whole set), all-on-set (each may go anywhere in it), per-node (each to its
/// part on the NIC's node).
class SpreadRule final : public Rule {
  public:
    explicit SpreadRule(BankPlace place);

    [[nodiscard]] Wishes derive(System& system, const RuleInput& input) const override;
};

}  // namespace nanotune::irq
