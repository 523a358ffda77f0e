// What a thread sleeps by until something comes or a time does; others may put that off, which does
// not wake it, as a time by which a condition is waited for cannot be.
#pragma once

#include <chrono>
#include <optional>

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

class Alarm {
  public:
    using Clock = std::chrono::steady_clock;

    /// Errors: exhausted: no descriptor is left.
    static Result<Alarm> open();

    /// From any thread: the time, in place of the one before; nothing for never.
    void set(std::optional<Clock::time_point> at) const;
    /// From any thread: something has come.
    void ring() const;
    /// On one thread, until it rings or the time has come, which it was set to last. Whether that
    /// has. It may have rung for what is known already.
    [[nodiscard]] bool wait() const;

  private:
    Alarm(Descriptor bell, Descriptor timer) : bell_(std::move(bell)), timer_(std::move(timer)) {}
    Descriptor bell_;
    Descriptor timer_;
};

}  // namespace nanotune::daemon
