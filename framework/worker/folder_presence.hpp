// Whether others still find a worker by its folder.
#pragma once

#include <chrono>

namespace nanotune::worker {

/// What a keeper saw of its folder, look by look: one that is moved and comes back at once, or is
/// in the middle of it, is not lost. A value.
class FolderPresence {
  public:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] Clock::time_point next() const noexcept { return next_; }
    /// Whether it is lost: two looks in turn have not found it, a second one from the other.
    bool is_lost(bool is_found, Clock::time_point now) noexcept {
        const bool was_missed = is_missed_;
        is_missed_ = !is_found;
        next_ = now + between_looks;
        return is_missed_ && was_missed;
    }

  private:
    static constexpr std::chrono::seconds between_looks{1};

    Clock::time_point next_ = Clock::now() + between_looks;
    bool is_missed_ = false;
};

}  // namespace nanotune::worker
