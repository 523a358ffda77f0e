#include "daemon/look_times.hpp"

#include <algorithm>

#include "service/time_text.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds look_pause{1'000};
constexpr std::chrono::milliseconds longest_look_pause{60'000};
constexpr std::chrono::milliseconds longest_sleep{3'600'000};  // the clock may be set meanwhile
constexpr std::chrono::milliseconds job_pause{20};             // after the last job
constexpr std::chrono::milliseconds longest_job_pause{300};    // after the first

}  // namespace

bool awaits_confirmation(HostState state) {
    return state == HostState::awaiting_confirmation || is_to_be_taken_back(state);
}

bool may_await_confirmation(HostState state) {
    return awaits_confirmation(state) || state == HostState::unknown;
}

void LookTimes::job_ended(Clock::time_point now) {
    jobs_ = {.first = jobs_ ? jobs_->first : now, .last = now};
}

void LookTimes::tried(bool is_done) {
    pause_ = is_done ? std::chrono::milliseconds(0)
                     : std::clamp(pause_ * 2, look_pause, longest_look_pause);
}

std::optional<LookTimes::Clock::time_point> LookTimes::next(
    const Standing& status, std::optional<std::chrono::milliseconds> patience,
    Clock::time_point now) const {
    if (may_await_confirmation(status.state)) {
        return stood_ + std::max(pause_, look_pause);
    }
    std::optional<Clock::time_point> next;
    if (patience) {
        next = now + *patience;
        if (jobs_) {
            next = std::max(*next,
                            std::min(jobs_->last + job_pause, jobs_->first + longest_job_pause));
        }
    }
    const auto thaws = status.frozen ? time_of(status.frozen->until) : std::nullopt;
    if (thaws) {
        const std::chrono::seconds left(std::max<std::int64_t>(*thaws - seconds_since_epoch(), 0));
        const auto until =
            now + std::clamp<std::chrono::milliseconds>(left, look_pause, longest_sleep);
        next = std::min(next.value_or(until), until);
    }
    return next;
}

}  // namespace nanotune::daemon
