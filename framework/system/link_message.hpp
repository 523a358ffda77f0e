// What RTM_NEWLINK says of a network device.
#pragma once

#include <nanotune/system.hpp>

#include "system/attributes.hpp"

namespace nanotune {

/// Reads a message's body. Errors: invalid.
[[nodiscard]] Result<Link> link_of(Bytes body);

}  // namespace nanotune
