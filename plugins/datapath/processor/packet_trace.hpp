// Who is told of each packet while somebody looks: one place to ask a burst, nothing a packet,
// where nobody does.
#pragma once

#include <cstddef>
#include <cstdint>

#include "counters.hpp"

namespace nanotune::datapath {

class PacketTrace {
  public:
    virtual ~PacketTrace() = default;
    [[nodiscard]] bool is_on() const noexcept { return is_on_.now() != 0; }

    /// `datagram` says who sent the packet where that was found out: its `source` is null
    /// otherwise. `took` in ticks.
    virtual void processed(const nt_datagram& datagram, nt_outcome outcome,
                           std::uint64_t took) noexcept = 0;
    /// So many answers were handed over at once, and so many of them not taken.
    virtual void kicked(std::size_t answers, std::size_t lost) noexcept = 0;

  protected:
    /// What is referred to outlives it, and may be set by anybody.
    explicit PacketTrace(const Counter& is_on) : is_on_(is_on) {}

  private:
    const Counter& is_on_;
};

}  // namespace nanotune::datapath
