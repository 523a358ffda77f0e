// Whether a worker comes back from a logic that somebody else has written. One that does not takes
// no packets, and looks as if it worked: its thread runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// The time that a thread of this process has to go on in. Used by one thread, another one.
class ThreadTime {
  public:
    /// Opens what needs rights.
    explicit ThreadTime(std::uint32_t thread);

    /// From now on.
    void begin() noexcept { ran_ = ran(); }
    /// Since it was asked last: what it ran, or all of `at_most` where it waits of its own accord,
    /// and never more than that. None while it has no CPU, or is stopped: by a signal, a debugger,
    /// or with this process and its virtual machine.
    [[nodiscard]] std::chrono::nanoseconds passed(std::chrono::nanoseconds at_most) noexcept;

  private:
    [[nodiscard]] std::chrono::nanoseconds ran() const noexcept;
    [[nodiscard]] bool waits() const noexcept;

    Descriptor facts_;
    clockid_t clock_;
    std::chrono::nanoseconds ran_{};
};

/// Whether a thread waits of its own accord, by its /proc/PID/task/TID/stat: proc(5).
[[nodiscard]] bool tells_of_waiting(std::string_view facts) noexcept;

/// One worker's.
class Standstill {
  public:
    explicit Standstill(std::uint32_t thread) : time_(thread) {}

    /// `calls` counts up as a call of the logic begins and as it ends: odd within one. `since` is
    /// what lies between two looks at least.
    void look(std::uint64_t calls, std::chrono::nanoseconds since) noexcept;
    /// For how long it has been in one call, of the time that it had to go on in.
    [[nodiscard]] std::chrono::nanoseconds lasts() const noexcept { return lasts_; }

  private:
    ThreadTime time_;
    std::uint64_t calls_ = 0;
    std::chrono::nanoseconds lasts_{};
};

}  // namespace nanotune::datapath
