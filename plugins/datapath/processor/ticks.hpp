// The processor's own clock: the cheapest there is. What a tick is worth is found out elsewhere.
#pragma once

#include <cstdint>

namespace nanotune::datapath {

[[nodiscard]] inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t now;
    asm volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
#else
#error "no clock is known for this machine"
#endif
}

}  // namespace nanotune::datapath
