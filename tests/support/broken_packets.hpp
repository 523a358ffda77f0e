// Valid packets, and all that can be broken of them one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
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

}  // namespace nanotune::test
