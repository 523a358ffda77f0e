#include "support/kernel_time.hpp"

#include <algorithm>

namespace nanotune::test {

CallClock::Time KernelTime::now() const {
    const std::scoped_lock lock(mutex_);
    return now_;
}

void KernelTime::wait(std::condition_variable& signal, std::unique_lock<std::mutex>& lock,
                      Time end) {
    if (!pass(system_.hangs(), end)) {
        signal.wait_for(lock, std::chrono::milliseconds(1));
    }
}

void KernelTime::wait_for_given_up(std::condition_variable& signal,
                                   std::unique_lock<std::mutex>& lock, Time end) {
    if (!pass(true, end)) {
        signal.wait_for(lock, std::chrono::milliseconds(1));
    }
}

/// Whether time passes: not while a call is about to go on.
bool KernelTime::pass(bool is_kept_waiting, Time end) {
    const std::scoped_lock lock(mutex_);
    const Time next = due_.empty() ? end : std::min(end, *due_.begin());
    if (next <= now_ || (due_.empty() && !is_kept_waiting)) {
        return false;
    }
    now_ = next;
    passed_.notify_all();
    return true;
}

void KernelTime::sleep(Duration time) {
    const std::scoped_lock lock(mutex_);
    now_ += time;
    passed_.notify_all();
}

void KernelTime::take(Duration time) {
    std::unique_lock lock(mutex_);
    const auto due = due_.insert(now_ + time);
    passed_.wait(lock, [&] { return now_ >= *due; });
    due_.erase(due);
}

}  // namespace nanotune::test
