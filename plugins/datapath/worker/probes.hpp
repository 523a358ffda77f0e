// What is told of each packet while somebody looks: to whoever traces the worker's probes (USDT),
// and to its own trace.
#pragma once

#include "datapath/processor/packet_trace.hpp"
#include "trace_ring.hpp"

namespace nanotune::datapath {

/// Whether anybody waits at one of this process's probes.
[[nodiscard]] bool has_probes_watched() noexcept;

/// One worker's. Probes of the provider nanotune, each with a semaphore:
///
///   packet_processed(address, IP version, port, nanoseconds, outcome, outcome's name)
///   drop(address, IP version, port, outcome, outcome's name)    an error, which is not answered
///   kick(answers, answers that were not taken)
///
/// `address` is where 4 or 16 bytes are, as on the wire; zeros where the sender is not known. Ports
/// are numbers of the machine's. IP version 0 stands for a session of TCP: its number is there.
class ProbedTrace final : public PacketTrace {
  public:
    /// `looks` is counted up with each look into the ring. What is referred to outlives it.
    ProbedTrace(const Counter& is_on, const Counter& looks, TraceRing& ring,
                std::uint64_t ticks_per_second, Sender sender)
        : PacketTrace(is_on),
          looks_(looks),
          ring_(ring),
          ticks_per_second_(ticks_per_second),
          sender_(sender) {}

    /// All that come where a probe is waited at; else as many as the ring has room for, from one
    /// look into it to the next.
    [[nodiscard]] bool wants(std::size_t packets) noexcept override;
    void seen(std::span<const SeenPacket> packets) noexcept override;
    void kicked(std::size_t answers, std::size_t lost) noexcept override;

  private:
    [[nodiscard]] TracedPacket traced(const SeenPacket& packet) const noexcept;
    void tell_probes(const TracedPacket& packet) const noexcept;

    const Counter& looks_;
    TraceRing& ring_;
    std::uint64_t ticks_per_second_;
    Sender sender_;
    std::uint64_t looks_before_ = 0;
    std::size_t room_ = 0;
};

}  // namespace nanotune::datapath
