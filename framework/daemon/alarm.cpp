#include "daemon/alarm.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace nanotune::daemon {

namespace {

/// Whether it had been told anything; now it has not.
bool take(const Descriptor& from) {
    std::uint64_t count = 0;
    return ::read(from.number(), &count, sizeof count) == sizeof count;
}

}  // namespace

Result<Alarm> Alarm::open() {
    Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell.is_open()) {
        return kernel_failure("eventfd", errno);
    }
    Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer.is_open()) {
        return kernel_failure("timerfd_create", errno);
    }
    return Alarm(std::move(bell), std::move(timer));
}

void Alarm::set(std::optional<Clock::time_point> at) const {
    itimerspec time{};
    if (at) {
        // All zeros would be never.
        const auto since =
            std::max<std::chrono::nanoseconds>(at->time_since_epoch(), std::chrono::nanoseconds(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        time.it_value = {.tv_sec = seconds.count(), .tv_nsec = (since - seconds).count()};
    }
    static_cast<void>(::timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &time, nullptr));
}

void Alarm::ring() const {
    const std::uint64_t one = 1;
    // Full only where it rings already.
    static_cast<void>(::write(bell_.number(), &one, sizeof one));
}

bool Alarm::wait() const {
    std::array<pollfd, 2> waited{{{.fd = bell_.number(), .events = POLLIN, .revents = 0},
                                  {.fd = timer_.number(), .events = POLLIN, .revents = 0}}};
    while (::poll(waited.data(), waited.size(), -1) < 0 && errno == EINTR) {
    }
    static_cast<void>(take(bell_));
    return take(timer_);
}

}  // namespace nanotune::daemon
