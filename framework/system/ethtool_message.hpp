// What ethtool's messages say, apart from how they travel.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

#include "system/attributes.hpp"
#include "system/generic_request.hpp"

namespace nanotune {

/// "RINGS_SET" for ETHTOOL_MSG_RINGS_SET; "ETHTOOL_MSG 99" where we know no name.
[[nodiscard]] std::string ethtool_operation(std::uint8_t command);

/// The numeric attributes of a reply's body, apart from its header. A text of 1, 2, 4 or 8 bytes
/// would be taken for a number; of the messages that have numbers none carries one. Errors:
/// invalid.
[[nodiscard]] Result<EthtoolNumbers> ethtool_numbers_of(Bytes body);

/// ETHTOOL_MSG_FEATURES_GET_REPLY with bitsets by name. Errors: invalid.
[[nodiscard]] Result<Features> features_of(Bytes body);

/// The names in the WANTED difference of ETHTOOL_MSG_FEATURES_SET_REPLY: bits that were asked for
/// and are not as asked. Errors: invalid.
[[nodiscard]] Result<std::vector<std::string>> untaken_features_of(Bytes body);

/// The message's header, which names the device.
void put_ethtool_header(GenericRequest& request, const std::string& device);

/// ETHTOOL_A_FEATURES_WANTED with these bits alone: without NOMASK, or the rest would be cleared.
void put_wanted_features(GenericRequest& request, const std::map<std::string, bool>& wanted);

}  // namespace nanotune
