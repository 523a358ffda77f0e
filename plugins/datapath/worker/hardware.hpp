// What the processor and the kernel count of one thread: cycles, instructions, cache misses,
// context switches, page faults (perf_event_open(2)).
#pragma once

#include <array>
#include <cstdint>

#include <nanotune/error.hpp>

#include "shared.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// Counts while it lives. Not every host has every counter: virtual machines often have none of the
/// processor's.
class HardwareCounters {
  public:
    /// Of a thread of this process, from now on. Needs rights, or a perf_event_paranoid that allows
    /// it; those of which nothing comes say why in `out`.
    HardwareCounters(std::uint32_t thread, Hardware& out);

    /// Puts what was counted where others see it.
    void read();

  private:
    Hardware& out_;
    std::array<Descriptor, Hardware::names.size()> counters_;
};

}  // namespace nanotune::datapath
