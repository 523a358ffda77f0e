// The socket that a TCP endpoint listens on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <nanotune/error.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::datapath {

struct TcpPortOptions {
    std::array<std::uint8_t, 16> address{};  ///< as on the wire, of IPv4 the first four bytes
    bool is_ipv6 = false;
    std::uint16_t port = 0;       ///< in the machine's order
    std::string device = {};      ///< "": whatever the address is on
    std::size_t sessions = 1024;  ///< more are refused
    std::uint64_t idle_after =
        0;  ///< seconds without a byte after which a session is closed; 0: never
};

/// Has the process allowed as many open files as so many sessions need, and what else it has open.
/// Before rights are given up. Errors: denied, saying how many may be open.
[[nodiscard]] Status allow_sessions(std::size_t count);

/// As with UDP, the first of several shares its port only once it has it, so that it is not given
/// one that somebody else shares. Connections of before that linger do not keep it from the port.
[[nodiscard]] Result<Descriptor> listening_socket(const TcpPortOptions& options, bool is_first,
                                                  bool is_alone);

}  // namespace nanotune::datapath
