#include "daemon/loss_pace.hpp"

#include <algorithm>

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds gather_for{40};
constexpr std::chrono::milliseconds least_pause{100};
constexpr std::chrono::milliseconds longest_pause{30'000};  // as the poll

}  // namespace

void LossPace::lost(Clock::time_point now) {
    if (look_at_) {
        return;
    }
    const bool goes_on = looked_at_ && now - *looked_at_ < 2 * longest_pause;
    pause_ =
        goes_on ? std::clamp(pause_ * 2, least_pause, longest_pause) : std::chrono::milliseconds(0);
    look_at_ = std::max(now + gather_for, looked_at_.value_or(now) + pause_);
}

bool LossPace::take_due(Clock::time_point now) {
    if (!look_at_ || now < *look_at_) {
        return false;
    }
    look_at_.reset();
    looked_at_ = now;
    return true;
}

}  // namespace nanotune::daemon
