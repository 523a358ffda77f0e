// Sockets that market data leaves on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/socket.h>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::cli::bench {

/// Where market data goes and where it comes from.
struct Route {
    std::string target;      ///< "192.0.2.1:8080", "[2001:db8::1]:8080", or a multicast group's
    std::string from;        ///< an address of this host; "" for the kernel's choice
    std::string interface;   ///< of a group, or a link: the device; "" for the kernel's choice
    std::uint16_t port = 0;  ///< the first flow's own, others follow; 0: the kernel's choice
    bool is_tcp = false;
};

/// One flow's. Never waits.
struct MarketSocket {
    Descriptor socket;
    /// Of a multicast group, which answers to nobody: what is sent goes here, and who answers is
    /// somebody else. Empty where the socket is connected.
    sockaddr_storage group{};
    socklen_t group_size = 0;
};

/// Connected to the target, unless that is a group. A TCP target must answer within some seconds.
/// Errors: invalid, naming the word; as the system's.
[[nodiscard]] Result<MarketSocket> market_socket(const Route& route, std::uint32_t flow);

}  // namespace nanotune::cli::bench
