// What ethtool's messages are about, as an operator says it, with the kernel's name behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nanotune {

/// "rings 16384 (RINGS_SET)" for ETHTOOL_MSG_RINGS_SET and what it asks for, "coalescing
/// (COALESCE_GET)" where there is nothing more to say; "ETHTOOL_MSG 99" where we know no name.
[[nodiscard]] std::string ethtool_operation(std::uint8_t command, std::string_view asked = {});

}  // namespace nanotune
