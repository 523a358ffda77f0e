// When the engine's thread looks at the host by itself. These are moments, not times to wait: work
// that comes meanwhile puts none of them off.
#pragma once

#include <chrono>
#include <optional>

#include "daemon/snapshot.hpp"

namespace nanotune::daemon {

/// Whether what is applied stays only once somebody confirms it, or is to be taken back already.
[[nodiscard]] bool awaits_confirmation(HostState state);

/// Whether it may, as it does not for sure while nobody can read how the host stands.
[[nodiscard]] bool may_await_confirmation(HostState state);

/// A value.
class LookTimes {
  public:
    using Clock = std::chrono::steady_clock;

    /// Who has just had an answer may ask for the next thing, so that the first look at what was
    /// applied waits for a moment.
    void job_ended(Clock::time_point now);
    void jobs_are_seen() { jobs_.reset(); }
    /// How what awaits stands has been found out.
    void stood(Clock::time_point now) { stood_ = now; }
    /// What is to be taken back was tried, and is tried again later each time until it is done.
    void tried(bool is_done);

    /// Nothing for never. `patience` is the keeper's.
    [[nodiscard]] std::optional<Clock::time_point> next(
        const Standing& status, std::optional<std::chrono::milliseconds> patience,
        Clock::time_point now) const;

  private:
    /// When jobs have ended since the last look.
    struct Jobs {
        Clock::time_point first;
        Clock::time_point last;
    };
    std::optional<Jobs> jobs_;
    Clock::time_point stood_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace nanotune::daemon
