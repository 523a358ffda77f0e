// What an MTU takes along: below a limit IPv6 leaves the device, above one native XDP does not fit.
#pragma once

#include <nanotune/links.hpp>
#include <nanotune/system.hpp>

namespace nanotune::nic {

/// Errors: unsupported, with what the device would lose for good, or cannot hold.
[[nodiscard]] Status takes_mtu(System& system, const Link& link, std::uint32_t mtu);

}  // namespace nanotune::nic
