#include "standstill.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

namespace nanotune::datapath {

namespace {

/// Of any thread of this process: the kernel's numbers for CPU clocks (linux/posix-timers.h).
clockid_t clock_of(std::uint32_t thread) {
    constexpr clockid_t of_thread = 4;
    constexpr clockid_t as_scheduled = 2;
    return static_cast<clockid_t>(~thread << 3) | of_thread | as_scheduled;
}

}  // namespace

bool tells_of_waiting(std::string_view facts) noexcept {
    const std::size_t name_ends = facts.rfind(')');  // a name may have one, too
    const std::string_view state =
        name_ends == facts.npos ? std::string_view() : facts.substr(name_ends + 1, 2);
    return state == " S" || state == " D";
}

ThreadTime::ThreadTime(std::uint32_t thread)
    : facts_(::open(fmt::format("/proc/self/task/{}/stat", thread).c_str(), O_RDONLY | O_CLOEXEC)),
      clock_(clock_of(thread)) {}

std::chrono::nanoseconds ThreadTime::passed(std::chrono::nanoseconds at_most) noexcept {
    const auto now = ran();
    const auto more = now - std::exchange(ran_, now);
    return waits() ? at_most : std::min(more, at_most);
}

std::chrono::nanoseconds ThreadTime::ran() const noexcept {
    timespec time{};
    return ::clock_gettime(clock_, &time) == 0
               ? std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)
               : ran_;
}

bool ThreadTime::waits() const noexcept {
    std::array<char, 256> text{};
    const ssize_t size =
        facts_.is_open() ? ::pread(facts_.number(), text.data(), text.size(), 0) : 0;
    return size > 0 &&
           tells_of_waiting(std::string_view(text.data(), static_cast<std::size_t>(size)));
}

void Standstill::look(std::uint64_t calls, std::chrono::nanoseconds since) noexcept {
    const bool is_same = std::exchange(calls_, calls) == calls;
    if (calls % 2 == 0) {
        lasts_ = {};
    } else if (is_same) {
        lasts_ += time_.passed(since);
    } else {
        lasts_ = {};
        time_.begin();
    }
}

}  // namespace nanotune::datapath
