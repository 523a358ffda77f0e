// What the engine's thread does next, and how it waits for that: at rest it holds no memory for
// what it has done, and is woken for nothing.
#include <algorithm>
#include <utility>

#include "daemon/engine_thread.hpp"
#include "daemon/spare_memory.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds rest_pause{1'500};  // after the last job

}  // namespace

/// Until something is to be done, or the alarm's time has come. Whether something is.
bool EngineThread::await_work(std::unique_lock<std::mutex>& lock) {
    bool is_time = false;
    while (!is_stopping_ && agenda_.is_empty() && !is_vigil_over_ && !is_time) {
        lock.unlock();
        is_time = alarm_.wait();
        lock.lock();
    }
    return is_stopping_ || !agenda_.is_empty();
}

/// The polls go on without this thread, which sleeps until one finds something, or hangs.
bool EngineThread::begin_vigil() {
    if (may_await_confirmation(status_.state)) {
        return false;
    }
    vigil_ends_at_ = times_.next(status_, std::nullopt, LookTimes::Clock::now());
    return keeper_->begin_vigil(
        [this, at = vigil_ends_at_, frozen = status_.frozen](Keeper::Clock::time_point until) {
            alarm_.set(at ? std::min(*at, until) : until);
            if (frozen_by_now() != frozen) {
                look_at({.is_whole = true});
            }
        },
        [this] {
            {
                const std::scoped_lock lock(mutex_);
                is_vigil_over_ = true;
            }
            alarm_.ring();
        });
}

/// What nobody confirms is taken back, whoever removes what is on record of it. False while
/// somebody is at work where that is to be put back: nobody else knows of it then.
bool EngineThread::keep_record() {
    const auto kept = service_->keep_record(awaits_confirmation(status_.state));
    const std::string problem = kept ? std::string() : kept.error().message;
    if (!kept && problem != lost_record_) {
        events_.log("what awaits confirmation is not on record any more: " + problem);
    } else if (kept && *kept) {
        events_.log("what is on record of what awaits confirmation was removed, and is put back");
    }
    lost_record_ = problem;
    return kept || kept.error().code != ErrorCode::busy;
}

void EngineThread::has_worked() {
    rests_at_ = LookTimes::Clock::now() + rest_pause;
}

/// Waits a moment after the last job, and gives back what was held for it. Whether the polls go on
/// by themselves.
bool EngineThread::rest(std::unique_lock<std::mutex>& lock) {
    if (is_stopping_ || !agenda_.is_empty()) {
        return false;
    }
    const auto now = LookTimes::Clock::now();
    if (rests_at_ && now < *rests_at_) {
        const auto at = times_.next(status_, keeper_->patience(), now);
        if (at && *at <= *rests_at_) {
            return false;
        }
        alarm_.set(rests_at_);
        if (await_work(lock)) {
            return false;
        }
    }
    const bool has_worked = std::exchange(rests_at_, std::nullopt).has_value();
    const bool has_memory = has_worked || has_polled_;
    has_polled_ = false;
    lock.unlock();
    const bool is_vigil = begin_vigil();
    if (has_memory) {
        service_->forget();
        give_back_memory();
    }
    if (has_worked) {
        events_.rests();
    }
    lock.lock();
    return is_vigil;
}

/// Nothing once the daemon stops.
std::optional<Agenda::Turn> EngineThread::next() {
    std::unique_lock lock(mutex_);
    current_ = 0;
    is_vigil_over_ = false;
    const bool is_vigil = rest(lock);
    const auto at = is_vigil ? vigil_ends_at_
                             : times_.next(status_, keeper_->patience(), LookTimes::Clock::now());
    if (!is_vigil) {
        alarm_.set(at);
    }
    await_work(lock);
    if (is_vigil) {
        lock.unlock();
        keeper_->end_vigil();
        lock.lock();
    }
    if (is_stopping_) {
        return std::nullopt;
    }
    is_cancelled_ = false;
    const bool is_time = (at && LookTimes::Clock::now() >= *at) ||
                         (is_vigil && keeper_->patience() == std::chrono::milliseconds(0));
    Agenda::Turn turn = agenda_.take(!is_time                                ? Due::nothing
                                     : may_await_confirmation(status_.state) ? Due::take_back
                                                                             : Due::look,
                                     Agenda::Clock::now());
    current_ = turn.work ? turn.work->job : 0;
    session_address_ = turn.work ? turn.work->session_address : std::string();
    return turn;
}

}  // namespace nanotune::daemon
