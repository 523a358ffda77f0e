// The time by which calls are given up, and how it is waited for. Tests let it pass by themselves.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace nanotune {

/// The steady clock. Used by several threads at once.
class CallClock {
  public:
    using Duration = std::chrono::steady_clock::duration;
    using Time = std::chrono::steady_clock::time_point;

    CallClock() = default;
    virtual ~CallClock() = default;
    CallClock(const CallClock&) = delete;
    CallClock& operator=(const CallClock&) = delete;
    CallClock(CallClock&&) = delete;
    CallClock& operator=(CallClock&&) = delete;

    [[nodiscard]] virtual Time now() const { return std::chrono::steady_clock::now(); }
    /// Until a call under way signals, or `end`, or earlier.
    virtual void wait(std::condition_variable& signal, std::unique_lock<std::mutex>& lock,
                      Time end) {
        signal.wait_until(lock, end);
    }
    /// The call under way is given up.
    virtual void give_up() {}
    /// The same for a call that was given up.
    virtual void wait_for_given_up(std::condition_variable& signal,
                                   std::unique_lock<std::mutex>& lock, Time end) {
        wait(signal, lock, end);
    }
    virtual void sleep(Duration time) { std::this_thread::sleep_for(time); }
};

}  // namespace nanotune
