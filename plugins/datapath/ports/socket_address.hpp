// An address and a port as the kernel's sockets take them.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

#include "datapath/processor/next_hop.hpp"

namespace nanotune::datapath {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

/// `address` as on the wire, of IPv4 the first four bytes; `port` in the machine's order. An
/// address of one link is of that of the device with this number, where one is given.
[[nodiscard]] inline SocketAddress socket_address(const std::array<std::uint8_t, 16>& address,
                                                  bool is_ipv6, std::uint16_t port,
                                                  unsigned device = 0) noexcept {
    SocketAddress made;
    if (is_ipv6) {
        sockaddr_in6 ipv6{};
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = htons(port);
        std::memcpy(&ipv6.sin6_addr, address.data(), sizeof ipv6.sin6_addr);
        ipv6.sin6_scope_id = is_of_one_link(address.data()) ? device : 0;
        std::memcpy(&made.storage, &ipv6, sizeof ipv6);
        made.size = sizeof ipv6;
    } else {
        sockaddr_in ipv4{};
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        std::memcpy(&ipv4.sin_addr, address.data(), sizeof ipv4.sin_addr);
        std::memcpy(&made.storage, &ipv4, sizeof ipv4);
        made.size = sizeof ipv4;
    }
    return made;
}

}  // namespace nanotune::datapath
