// How large packets may be on the way to a peer.
#pragma once

#include <string>

#include <nanotune/error.hpp>

namespace nanotune {

/// What came back from the way.
struct PathProbe {
    std::string device;    ///< that leads to the peer
    unsigned mtu = 0;      ///< its own
    unsigned largest = 0;  ///< bytes of the largest packet that is known to have arrived; 0: none
    unsigned told = 0;     ///< the MTU that a router asked for; 0: none did
    std::string told_by;   ///< the router's address
};

/// Whether probed_path() could know where to. Sends nothing. Errors: invalid for no address.
[[nodiscard]] Status known_peer(const std::string& peer);

/// Sends a few datagrams of UDP with "don't fragment" to a port that hardly anybody listens to, at
/// most 14, and waits for what ICMP says (ip(7): IP_MTU_DISCOVER, IP_RECVERR; ipv6(7)). An
/// IPv4 or IPv6 address, with its device where it is of one link ("fe80::1%eth0"). Needs no right.
/// Errors: invalid for no such address; refused with the kernel's words; timed_out where the peer
/// answers no datagram at all.
[[nodiscard]] Result<PathProbe> probed_path(const std::string& peer);

}  // namespace nanotune
