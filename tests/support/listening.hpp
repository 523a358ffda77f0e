// A processor's settings that fit the packets of packets.hpp.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "datapath/packet/packet.h"
#include "packets.hpp"

namespace nanotune::test {

/// What a frame to PacketOptions's destination, port and tags is expected to be.
[[nodiscard]] inline nt_listen listening(const PacketOptions& options = {}) {
    nt_listen listen{};
    std::memcpy(&listen.link[0], options.to.data(), options.to.size());
    listen.link[1] = listen.link[0];
    const Packet address = address_bytes(options.destination);
    std::ranges::copy(address, listen.address[0]);
    std::ranges::copy(address, listen.address[1]);
    listen.type = nt_swap16(address.size() == 4 ? nt_type_ipv4 : nt_type_ipv6);
    listen.port = nt_swap16(options.port);
    listen.tags = static_cast<nt_u8>(options.tags.size());
    std::ranges::copy(options.tags, listen.vlan);
    return listen;
}

}  // namespace nanotune::test
