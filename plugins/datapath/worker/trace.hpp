// Packets of a datapath as they come, a line each, for whoever looks.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <nanotune/error.hpp>

#include "shared.hpp"

namespace nanotune::datapath {

/// Ticks as nanoseconds and as times of day, by what both are at its making.
class TimeOfTicks {
  public:
    explicit TimeOfTicks(std::uint64_t ticks_per_second);
    /// Nanoseconds of CLOCK_REALTIME, of a moment that is not long ago.
    [[nodiscard]] std::uint64_t at(std::uint64_t tick) const noexcept;
    [[nodiscard]] std::uint64_t nanoseconds(std::uint64_t ticks) const noexcept;

  private:
    std::uint64_t ticks_per_second_;
    std::uint64_t ticks_;
    std::uint64_t time_;
};

/// "12:34:56.123456789 192.0.2.1:5000 answered 812 ns"
[[nodiscard]] std::string line_of(const TracedPacket& packet, const TimeOfTicks& times);

/// Prints to standard output until `stop`, or until so many packets were (0: no end), or nobody
/// reads it any more. Says how many came too fast to be shown. Errors: unsupported where packets
/// are answered in the kernel.
[[nodiscard]] Status trace(Shared& shared, std::uint64_t count, const std::atomic<bool>& stop);

}  // namespace nanotune::datapath
