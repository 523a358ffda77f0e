// Packets of market data, made byte by byte by the RFCs and with the plainest checksum there is, so
// that nothing in them comes from the code under test.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::test {

using Packet = std::vector<std::uint8_t>;

/// Where it begins. Of an empty one, a place that nothing may be read from, but that is one: no
/// driver gives a frame at null.
[[nodiscard]] inline const std::uint8_t* begin_of(const Packet& packet) {
    static constexpr std::uint8_t nothing{};
    return packet.empty() ? &nothing + 1 : packet.data();
}

struct MarketData {
    std::string_view symbol = "AAPL";
    std::uint32_t price = 9999;
    std::uint32_t quantity = 1000;
    std::uint64_t timestamp = 1'700'000'000'123'456'789;
};
/// 24 bytes, little-endian or in network order.
[[nodiscard]] Packet market_data(const MarketData& data, bool network_order = false);

/// What TCP has where UDP has a length.
struct TcpHead {
    std::uint32_t sequence = 1;
    std::uint8_t flags = 0x10;  ///< an acknowledgement
    Packet options = {};        ///< a multiple of four bytes
};

/// A UDP datagram, or a TCP segment, in Ethernet. Lengths and checksums are right unless said
/// otherwise.
struct PacketOptions {
    std::array<std::uint8_t, 6> to{0x02, 0, 0, 0, 0, 0x02};
    std::array<std::uint8_t, 6> from{0x02, 0, 0, 0, 0, 0x01};
    std::vector<std::uint16_t> tags = {};  ///< VLAN numbers, outer first
    std::string source = "192.168.1.50";
    std::string destination = "192.168.1.100";
    std::uint16_t source_port = 40000;
    std::uint16_t port = 8080;
    Packet payload = market_data({});
    Packet ip_options = {};  ///< of IPv4, a multiple of four bytes
    std::uint16_t fragment = 0x4000;
    bool has_udp_checksum = true;
    int ip_length = 0;   ///< added to what is right
    int udp_length = 0;  ///< likewise
    std::optional<TcpHead> tcp = {};
};
[[nodiscard]] Packet packet(const PacketOptions& options);

/// RFC 1071, two bytes after two bytes.
[[nodiscard]] std::uint16_t internet_checksum(const Packet& bytes);

/// Whether lengths and checksums of an untagged frame with IPv4 or IPv6 and UDP are all right, by a
/// reader that shares nothing with the code under test.
[[nodiscard]] bool is_sound(const Packet& frame);

/// An address as on the wire, 4 or 16 bytes.
[[nodiscard]] Packet address_bytes(const std::string& text);

}  // namespace nanotune::test
