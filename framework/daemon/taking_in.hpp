// Programs and devices that come, for which the profile is applied again: a few at once, and then
// no more often than the host bears for ever, whoever starts them. None is forgotten.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace nanotune::daemon {

/// A value.
class TakingIn {
  public:
    using Clock = std::chrono::steady_clock;

    /// So many at once, and one more each time that this has passed.
    TakingIn(int most, Clock::duration each) : each_(each), most_(most) {}

    /// Whether the profile may be applied again now; if not, it is owed, and due once it may.
    bool admits(Clock::time_point now) {
        const auto counted_until = std::max(all_again_at_, now);
        if (counted_until - now > (most_ - 1) * each_) {
            owes_ = true;
            due_ = counted_until - (most_ - 1) * each_;
            return false;
        }
        all_again_at_ = counted_until + each_;
        forget();
        return true;
    }
    /// Some may be there that have not their own yet.
    void owe() { owes_ = true; }
    [[nodiscard]] bool owes() const { return owes_; }
    bool take_owed() {
        due_.reset();
        return std::exchange(owes_, false);
    }
    /// When what was not admitted may be; nothing where nothing waits for that.
    [[nodiscard]] std::optional<Clock::time_point> due() const { return due_; }
    /// It cannot be done now at all: who looks next finds it owed.
    void postpone() { due_.reset(); }
    void forget() {
        owes_ = false;
        due_.reset();
    }

  private:
    Clock::duration each_;
    int most_;
    Clock::time_point all_again_at_;
    std::optional<Clock::time_point> due_;
    bool owes_ = false;
};

}  // namespace nanotune::daemon
