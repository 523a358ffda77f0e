// A kernel UDP socket that is never waited for. The kernel does addresses, checksums, fragments and
// the way back; each packet costs its system calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>

#include <nanotune/error.hpp>

#include "datapath/processor/frame.hpp"
#include "go_home.hpp"
#include "system/storage/storage.hpp"
#include "usage.hpp"

namespace nanotune::datapath {

struct UdpPortOptions {
    std::array<std::uint8_t, 16> address{};  ///< as on the wire, of IPv4 the first four bytes
    bool is_ipv6 = false;
    std::uint16_t port = 0;                                   ///< in the machine's order
    std::string device = {};                                  ///< "": whatever the address is on
    std::optional<std::array<std::uint8_t, 16>> source = {};  ///< of a group: the only one
    int receive_buffer = 8 << 20;
    bool only_sends = false;  ///< what comes is not taken
};

/// A FramePort of `header` bytes of socket address before each payload: 16 with IPv4, 32 with IPv6.
template <std::size_t header>
class UdpPort {
  public:
    static constexpr std::size_t slot_size = 2048;

    /// Joins a multicast group on the device for as long as it lives. Errors: busy where somebody
    /// has the port; not_found where the address is not this host's.
    static Result<UdpPort> open(const UdpPortOptions& options);
    /// So many on one address and port: the kernel gives each sender to one of them. Several are
    /// refused for a multicast group, of which each would get every packet.
    static Result<std::vector<UdpPort>> open(const UdpPortOptions& options, std::size_t count,
                                             const GoHome& go_home = stay);

    std::size_t receive(std::span<Frame> frames) noexcept;
    void release(std::span<const Frame> done) noexcept;
    std::uint8_t* slot() noexcept {
        return committed_ == burst ? nullptr : buffers_->out[committed_].data();
    }
    void commit(std::uint32_t length) noexcept {
        buffers_->out_parts[committed_++].iov_len = length - header;
    }
    std::size_t flush() noexcept;
    /// By any thread.
    [[nodiscard]] Usage usage() const noexcept;

  private:
    static constexpr std::size_t burst = 64;
    using Buffer = std::array<std::uint8_t, slot_size>;
    struct Buffers {
        alignas(64) std::array<Buffer, burst> in;
        alignas(64) std::array<Buffer, burst> out;
        std::array<iovec, burst> in_parts;
        std::array<iovec, burst> out_parts;
        std::array<mmsghdr, burst> in_messages;
        std::array<mmsghdr, burst> out_messages;
    };

    explicit UdpPort(Descriptor socket);
    std::size_t receive_one(Frame& frame) noexcept;
    int send_one() noexcept;
    int send_from(std::size_t next) noexcept;

    Descriptor socket_;
    std::unique_ptr<Buffers> buffers_;
    std::size_t committed_ = 0;
    bool comes_in_bursts_ = false;  ///< something had come the last time
};

using Ipv4UdpPort = UdpPort<16>;
using Ipv6UdpPort = UdpPort<32>;

}  // namespace nanotune::datapath
