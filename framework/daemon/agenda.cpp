#include "daemon/agenda.hpp"

#include <algorithm>
#include <utility>

namespace nanotune::daemon {

namespace {

// So long a reason to look lets jobs go first that somebody waits for.
constexpr std::chrono::milliseconds look_patience{200};

}  // namespace

void Agenda::add(Work work) {
    const auto place =
        work.is_urgent ? std::ranges::find(waiting_, false, &Work::is_urgent) : waiting_.end();
    waiting_.insert(place, std::move(work));
}

void Agenda::add(Look look, Clock::time_point now) {
    if (!look_) {
        look_.emplace();
        look_since_ = now;
    }
    look_->add(std::move(look));
}

bool Agenda::drop(std::uint64_t job) {
    return std::erase_if(waiting_, [job](const Work& work) { return work.job == job; }) > 0;
}

std::vector<std::uint64_t> Agenda::drop_all() {
    std::vector<std::uint64_t> jobs;
    for (const Work& work : std::exchange(waiting_, {})) {
        jobs.push_back(work.job);
    }
    return jobs;
}

Agenda::Turn Agenda::take(Due due, Clock::time_point now) {
    if (due == Due::take_back) {
        return {.is_time = true};
    }
    const bool is_urgent = !waiting_.empty() && waiting_.front().is_urgent;
    const bool has_waited =
        due == Due::look ||
        (look_ && (look_->brings_anything() || now - look_since_ >= look_patience));
    const bool may_look = !is_urgent && (waiting_.empty() || (has_waited && !has_just_looked_));
    if (may_look && (look_ || due == Due::look)) {
        has_just_looked_ = true;
        Turn turn{.look = std::exchange(look_, std::nullopt)};
        turn.is_time = !turn.look;
        return turn;
    }
    if (waiting_.empty()) {
        return {};
    }
    has_just_looked_ = false;
    Turn turn{.work = std::move(waiting_.front())};
    waiting_.pop_front();
    return turn;
}

}  // namespace nanotune::daemon
