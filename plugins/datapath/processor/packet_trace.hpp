// Who is told of each packet while somebody looks: one place to ask a burst, nothing a packet,
// where nobody does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "counters.hpp"

namespace nanotune::datapath {

/// One packet of a burst, once it was done with.
struct SeenPacket {
    const nt_u8* source;  ///< the sender's address; null where that was not found out
    std::uint64_t ended;  ///< in ticks, as the next one
    std::uint64_t took;   ///< from the look at its frame to the order in its slot
    nt_u16 source_port;   ///< as on the wire
    nt_outcome outcome;
};

class PacketTrace {
  public:
    virtual ~PacketTrace() = default;
    [[nodiscard]] bool is_on() const noexcept { return is_on_.now() != 0; }

    /// Whether a burst of so many is to be told packet by packet. It counts those that are not.
    [[nodiscard]] virtual bool wants(std::size_t packets) noexcept = 0;
    /// What is referred to is there until then.
    virtual void seen(std::span<const SeenPacket> packets) noexcept = 0;
    /// So many answers were handed over at once, and so many of them not taken.
    virtual void kicked(std::size_t answers, std::size_t lost) noexcept = 0;

  protected:
    /// What is referred to outlives it, and may be set by anybody.
    explicit PacketTrace(const Counter& is_on) : is_on_(is_on) {}

  private:
    const Counter& is_on_;
};

}  // namespace nanotune::datapath
