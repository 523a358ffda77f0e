// "These queues share the flows": the receive hash's table for a device, whatever its size.
#pragma once

#include <nanotune/rule.hpp>

namespace nanotune::nic {

/// `rss.queues` get the flows in turn; with `rss.weights` each gets its part of them. Without
/// `rss.queues` the weights are those of queue 0 and up.
class SpreadRule final : public Rule {
  public:
    explicit SpreadRule(BankPlace place);

    [[nodiscard]] std::vector<Misfit> misfits(const Settings& said) const override;
    [[nodiscard]] Wishes derive(System& system, const RuleInput& input) const override;
};

}  // namespace nanotune::nic
