// "All of this belongs on one memory node": the NICs named, their interrupts, and the processes
// that the profile names.
#pragma once

#include <nanotune/rule.hpp>

namespace nanotune::numa {

/// The node of the first NIC is the one for all. Where a host has one node, only the NICs are
/// listed: nothing can be elsewhere.
class ColocateRule final : public Rule {
  public:
    explicit ColocateRule(BankPlace place);

    [[nodiscard]] Wishes derive(System& system, const RuleInput& input) const override;
};

}  // namespace nanotune::numa
