// Valid packets, and all that can be broken of them one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "packets.hpp"

namespace nanotune::test {

/// Market data with an odd number of bytes behind it.
[[nodiscard]] inline Packet long_tick() {
    Packet bytes = market_data({});
    bytes.insert(bytes.end(), 9, 0x5A);
    return bytes;
}

[[nodiscard]] inline std::vector<PacketOptions> valid_ipv4() {
    return {{}, {.tags = {100}}, {.tags = {200, 100}}, {.payload = long_tick()}};
}

[[nodiscard]] inline std::vector<PacketOptions> valid_ipv6() {
    return {{.source = "2001:db8::50", .destination = "2001:db8::100"},
            {.tags = {100}, .source = "2001:db8::50", .destination = "2001:db8::100"},
            {.tags = {200, 100}, .source = "2001:db8::50", .destination = "2001:db8::100"}};
}

/// Bit 0 is the first byte's highest, as RFCs count.
[[nodiscard]] inline Packet flipped(Packet frame, std::size_t bit) {
    frame[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
    return frame;
}

[[nodiscard]] inline Packet cut(const Packet& frame, std::size_t size) {
    return {frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)};
}

/// The frame whole, cut off everywhere from `least` bytes on, with each bit wrong, and padded.
[[nodiscard]] inline std::vector<Packet> broken(const Packet& frame, std::size_t least) {
    std::vector<Packet> all{frame};
    for (std::size_t size = least; size < frame.size(); ++size) {
        all.push_back(cut(frame, size));
    }
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
        all.push_back(flipped(frame, bit));
    }
    all.push_back(frame);
    all.back().insert(all.back().end(), 18, 0xEE);
    return all;
}

/// Bits that no checksum covers but Ethernet's, which the NIC checks: the sender's link address, a
/// tag's priority, and what stands before the length in IPv6's header, and its hop limit.
[[nodiscard]] inline std::set<std::size_t> uncovered_bits(const PacketOptions& options) {
    std::set<std::size_t> bits;
    const auto add = [&bits](std::size_t from, std::size_t to) {
        for (std::size_t bit = from; bit < to; ++bit) {
            bits.insert(bit);
        }
    };
    constexpr std::size_t byte = 8;
    add(6 * byte, 12 * byte);
    for (std::size_t tag = 0; tag < options.tags.size(); ++tag) {
        add((14 + 4 * tag) * byte, (14 + 4 * tag) * byte + 4);
    }
    if (options.source.contains(':')) {
        const std::size_t ip = (14 + 4 * options.tags.size()) * byte;
        add(ip + 4, ip + 32);
        add(ip + 7 * byte, ip + 8 * byte);
    }
    return bits;
}

}  // namespace nanotune::test
