// When programs of which nobody was told are looked for: at once, but less and less often for who
// makes more of them start, or renames threads, than anybody can be told of.
#pragma once

#include <chrono>
#include <optional>

namespace nanotune::daemon {

/// A value.
class LossPace {
  public:
    using Clock = std::chrono::steady_clock;

    void lost(Clock::time_point now);
    /// When to look; nothing where nothing is lost.
    [[nodiscard]] std::optional<Clock::time_point> look_at() const { return look_at_; }
    /// Whether it is time for that; then it is done.
    bool take_due(Clock::time_point now);

  private:
    std::optional<Clock::time_point> look_at_;
    std::optional<Clock::time_point> looked_at_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace nanotune::daemon
