#include "tick_rate.hpp"

#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "datapath/processor/ticks.hpp"

namespace nanotune::datapath {

namespace {

std::uint64_t raw_time() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

struct Moment {
    std::uint64_t tick = 0;
    std::uint64_t time = 0;
};

/// One moment by both clocks. Of several looks the shortest one is taken: nothing came between.
Moment moment_by_both() {
    constexpr int looks = 16;
    Moment best;
    std::uint64_t shortest = UINT64_MAX;
    for (int look = 0; look < looks; ++look) {
        const std::uint64_t before = ticks();
        const std::uint64_t time = raw_time();
        const std::uint64_t took = ticks() - before;
        if (took < shortest) {
            shortest = took;
            best = {.tick = before + took / 2, .time = time};
        }
    }
    return best;
}

}  // namespace

std::uint64_t measured_ticks_per_second() {
    constexpr std::uint64_t enough = 20'000'000;
    const Moment first = moment_by_both();
    while (raw_time() - first.time < enough) {
    }
    const Moment last = moment_by_both();
    return static_cast<std::uint64_t>(static_cast<double>(last.tick - first.tick) * 1e9 /
                                      static_cast<double>(last.time - first.time));
}

bool has_constant_ticks() {
#if defined(__x86_64__)
    constexpr unsigned power_facts = 0x80000007;  // what the kernel calls constant_tsc, nonstop_tsc
    constexpr unsigned invariant_tsc = 1U << 8;
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    return __get_cpuid(power_facts, &eax, &ebx, &ecx, &edx) != 0 && (edx & invariant_tsc) != 0;
#else
    return true;  // the architecture has no others
#endif
}

}  // namespace nanotune::datapath
