// What RTM_NEWROUTE and RTM_NEWADDR say, as far as it tells which device is which.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "system/attributes.hpp"

namespace nanotune {

/// The devices (by ifindex) through which a route leads, when it is a default route of the main
/// table; otherwise none. Errors: invalid.
[[nodiscard]] Result<std::vector<unsigned>> default_route_of(Bytes body);

/// A local address, in the 4 or 16 bytes of its family, and its device's ifindex.
struct LocalAddress {
    std::vector<std::byte> octets;
    unsigned device = 0;
};
/// Errors: invalid.
[[nodiscard]] Result<LocalAddress> local_address_of(Bytes body);

/// The bytes of "192.0.2.1", "2001:db8::1" or "::ffff:192.0.2.1" (which is the first); a scope
/// ("%eth0") is left out. Nothing where the text is no address.
[[nodiscard]] std::optional<std::vector<std::byte>> address_octets(const std::string& text);

}  // namespace nanotune
