#include "hardware.hpp"

#include <cerrno>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune::datapath {

namespace {

struct Event {
    std::uint32_t type;
    std::uint64_t number;
};

constexpr std::array<Event, Hardware::names.size()> events{
    {{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
     {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
     {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS}}};

}  // namespace

HardwareCounters::HardwareCounters(std::uint32_t thread, Hardware& out) : out_(out) {
    for (std::size_t at = 0; at < events.size(); ++at) {
        perf_event_attr wanted{};
        wanted.size = sizeof wanted;
        wanted.type = events[at].type;
        wanted.config = events[at].number;
        counters_[at] = Descriptor(static_cast<int>(::syscall(
            SYS_perf_event_open, &wanted, static_cast<int>(thread), -1, -1, PERF_FLAG_FD_CLOEXEC)));
        out_.counts[at].set(0);
        out_.errors[at].set(counters_[at].is_open() ? 0 : static_cast<std::uint64_t>(errno));
    }
}

void HardwareCounters::read() {
    for (std::size_t at = 0; at < events.size(); ++at) {
        std::uint64_t count = 0;
        if (counters_[at].is_open() &&
            ::read(counters_[at].number(), &count, sizeof count) == sizeof count) {
            out_.counts[at].set(count);
        }
    }
}

}  // namespace nanotune::datapath
