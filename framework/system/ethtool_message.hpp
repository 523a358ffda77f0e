// What ethtool's messages say, apart from how they travel.
#pragma once

#include <cstdint>
#include <string>

#include <nanotune/system.hpp>

#include "system/attributes.hpp"
#include "system/generic_request.hpp"

namespace nanotune {

/// The numeric attributes of a reply's body, apart from its header. A text of 1, 2, 4 or 8 bytes
/// would be taken for a number; of the messages that have numbers none carries one. Errors:
/// invalid.
[[nodiscard]] Result<EthtoolNumbers> ethtool_numbers_of(Bytes body);

/// The message's header, which names the device. `flags` are of enum ethtool_header_flags.
void put_ethtool_header(GenericRequest& request, const std::string& device,
                        std::uint32_t flags = 0);

}  // namespace nanotune
