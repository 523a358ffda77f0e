// Messages out of TCP connections that the kernel owns, or another host: segments come through a
// packet socket beside the kernel's stack, which takes part in the connections as ever. Orders
// leave by UDP, from the same address and port, and nothing is put into a connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/packet/tcp.h"
#include "datapath/processor/connections.hpp"
#include "datapath/processor/counters.hpp"
#include "datapath/processor/frame.hpp"
#include "datapath/tracker/tracker.hpp"
#include "packet_port.hpp"
#include "udp_port.hpp"
#include "usage.hpp"

namespace nanotune::datapath {

struct TrackedPortOptions {
    PacketPortOptions packets;
    UdpPortOptions orders;
    TrackerOptions tracker;
};

/// A FramePort of messages, each with its sender's socket address in front, as UdpPort has them:
/// `header` bytes, 16 with IPv4 and 32 with IPv6. Segments that are wrong or of no connection that
/// is known are counted here, since no message comes of them.
template <std::size_t header>
class TrackedPort {
  public:
    static constexpr std::size_t slot_size = UdpPort<header>::slot_size;

    /// So many on one device: the kernel gives each connection to one of them. Errors: as
    /// PacketPort's and UdpPort's.
    static Result<std::vector<TrackedPort>> open(const TrackedPortOptions& options,
                                                 std::size_t count);

    /// Where is counted from now on: connections, and segments of which no message comes.
    void count_in(Connections& connections, Counters& counters);
    /// Forgets all connections.
    void clear() noexcept { tracker_->clear(); }

    std::size_t receive(std::span<Frame> burst) noexcept;
    void release(std::span<const Frame> /*done*/) noexcept {}
    std::uint8_t* slot() noexcept { return orders_.slot(); }
    void commit(std::uint32_t length) noexcept { orders_.commit(length); }
    std::size_t flush() noexcept { return orders_.flush(); }
    /// By one other thread.
    [[nodiscard]] Usage usage() const noexcept { return packets_.usage(); }

  private:
    static constexpr std::size_t burst = 64;
    static constexpr bool is_ipv6 = header != 16;
    using Message = std::array<std::uint8_t, header + nt_market_data_size>;

    TrackedPort(PacketPort packets, UdpPort<header> orders, const TrackedPortOptions& options);

    /// The next segment of those that came. False where there is none.
    bool see_next() noexcept;
    [[nodiscard]] nt_outcome classified(const Frame& frame, nt_segment& segment) const noexcept;

    PacketPort packets_;
    UdpPort<header> orders_;
    nt_listen listen_;
    TrackerOptions tracker_options_;
    std::unique_ptr<Tracker> tracker_;
    Counters* counters_ = nullptr;
    std::array<Frame, burst> frames_{};
    std::size_t came_ = 0;  ///< frames, of which
    std::size_t done_ = 0;  ///< so many were looked at
    Tracker::Seen seen_{};
    nt_segment segment_{};  ///< that of `seen_`
    bool has_seen_ = false;
    std::uint32_t turns_ = 0;
    std::uint64_t now_ = 0;  ///< seconds
    std::unique_ptr<std::array<Message, burst>> messages_;
};

using Ipv4TrackedPort = TrackedPort<16>;
using Ipv6TrackedPort = TrackedPort<32>;

}  // namespace nanotune::datapath
