#include "engine/vigil_state.hpp"

#include <utility>

namespace nanotune {

namespace {

bool is_as_before(const Observation& seen, const Observation& before) {
    return seen.changed.empty() && seen.as_applied == before.as_applied &&
           seen.absent == before.absent && seen.held == before.held && seen.files == before.files &&
           seen.devices == before.devices && seen.gone == before.gone;
}

}  // namespace

VigilState::VigilState(Vigil vigil, Ledger held, Observation before,
                       std::chrono::milliseconds budget)
    : vigil_(std::move(vigil)),
      held_(std::move(held)),
      before_(std::move(before)),
      budget_(budget),
      next_(vigil_.first) {
    say_until();
}

bool VigilState::await_look(CallClock& clock) {
    std::unique_lock lock(mutex_);
    while (!is_to_end_ && clock.now() < next_) {
        clock.wait(changed_, lock, next_);
    }
    return !is_to_end_;
}

bool VigilState::saw(const Observation& seen, CallClock::Time now) {
    const bool goes_on = !seen.is_blind && is_as_before(seen, before_);
    {
        const std::scoped_lock lock(mutex_);
        is_over_ = !goes_on;
        next_ = now + vigil_.pause;
    }
    if (goes_on) {
        say_until();
    } else {
        vigil_.over();
    }
    return goes_on;
}

void VigilState::end() {
    {
        const std::scoped_lock lock(mutex_);
        is_to_end_ = true;
    }
    changed_.notify_all();
}

std::optional<Vigil::Time> VigilState::next() {
    const std::scoped_lock lock(mutex_);
    return is_over_ ? std::nullopt : std::optional(next_);
}

}  // namespace nanotune
