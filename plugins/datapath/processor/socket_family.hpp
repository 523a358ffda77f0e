// Datagrams of a kernel socket: the kernel has taken the headers off and checked them. In their
// place stands the peer's socket address, in front of what was received and of what is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "family.hpp"
#include "next_hop.hpp"

namespace nanotune::datapath {

/// sockaddr_in and sockaddr_in6, in as many bytes as `size`: family, port (at 2), address.
template <typename SocketKey, std::size_t bytes, std::size_t address_at, std::uint16_t number>
struct SocketFamily {
    using Key = SocketKey;
    static constexpr std::size_t headers_size = bytes;
    static constexpr std::size_t address_size = address_at == 4 ? 4 : 16;
    static constexpr bool has_checksum = false;

    static nt_outcome classify(const nt_listen& /*listen*/, const Frame& frame,
                               nt_datagram& out) noexcept {
        out.source = frame.data + address_at;
        out.source_port = nt_load16(frame.data + port_at);
        out.payload = frame.data + bytes;
        out.payload_length = frame.length - static_cast<std::uint32_t>(bytes);
        if (out.payload_length < nt_market_data_size) {
            return nt_short_payload;
        }
        return out.source_port == 0 ? nt_zero_source : nt_answered;
    }
    static std::uint64_t write_headers(const nt_listen& /*listen*/, const nt_receiver& receiver,
                                       std::uint32_t /*payload*/, std::uint8_t* at) noexcept {
        std::memset(at, 0, bytes);
        nt_store16(at, number);
        nt_store16(at + port_at, receiver.port);
        std::memcpy(at + address_at, receiver.address, address_size);
        return 0;
    }
    static std::uint32_t header_size(const nt_listen& /*listen*/) noexcept { return bytes; }
    static Key key_in(const nt_listen& /*listen*/, const Frame& frame) noexcept {
        return Key::at(frame.data + address_at, nt_load16(frame.data + port_at));
    }

  private:
    static constexpr std::size_t port_at = 2;
};

using Ipv4Socket = SocketFamily<Ipv4Key, 16, 4, 2>;
using Ipv6Socket = SocketFamily<Ipv6Key, 32, 8, 10>;

/// The kernel knows the way, but where an address is of one of several links, and the socket of
/// none.
class KernelsNextHop {
  public:
    explicit KernelsNextHop(bool knows_links = true) : knows_links_(knows_links) {}
    bool find(const std::uint8_t* address, std::array<std::uint8_t, 6>& /*out*/) const noexcept {
        return knows_links_ || !is_of_one_link(address);
    }
    static std::uint32_t generation() noexcept { return 0; }

  private:
    bool knows_links_;
};

}  // namespace nanotune::datapath
