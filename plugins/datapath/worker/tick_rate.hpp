// What a tick of the processor's clock is worth.
#pragma once

#include <cstdint>

namespace nanotune::datapath {

/// Ticks in a second, by a clock that nobody sets (CLOCK_MONOTONIC_RAW). Takes 20 ms, and is right
/// however often the thread is interrupted meanwhile.
[[nodiscard]] std::uint64_t measured_ticks_per_second();

/// Whether a tick is always worth the same, however fast or deeply asleep a CPU is, as far as the
/// CPU says so: otherwise times in ticks are not to be relied on.
[[nodiscard]] bool has_constant_ticks();

}  // namespace nanotune::datapath
