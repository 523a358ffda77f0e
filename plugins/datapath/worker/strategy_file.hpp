// A strategy in a shared object.
#pragma once

#include <cstdint>
#include <string>

#include <nanotune/error.hpp>
#include <nanotune/strategy.h>

namespace nanotune::datapath {

/// Loaded for the process's life: nothing that has run in it is taken away under it.
/// Errors: not_found; denied where somebody other than root could have written it, or a folder on
/// the way; damaged where it is no strategy of this ABI.
[[nodiscard]] Result<const nanotune_strategy_calls*> loaded_strategy(const std::string& path);

/// The state of one worker of a strategy; ended with the object. Movable, one owner.
class StrategyState {
  public:
    /// Errors: refused, where the strategy does not start.
    static Result<StrategyState> start(const nanotune_strategy_calls& strategy,
                                       std::uint32_t worker);

    StrategyState(const StrategyState&) = delete;
    StrategyState& operator=(const StrategyState&) = delete;
    StrategyState(StrategyState&& other) noexcept;
    StrategyState& operator=(StrategyState&&) = delete;
    ~StrategyState();

    [[nodiscard]] const nanotune_strategy_calls& strategy() const noexcept { return *strategy_; }
    [[nodiscard]] void* get() const noexcept { return state_; }

  private:
    StrategyState(const nanotune_strategy_calls& strategy, void* state)
        : strategy_(&strategy), state_(state) {}

    const nanotune_strategy_calls* strategy_;
    void* state_;
};

}  // namespace nanotune::datapath
