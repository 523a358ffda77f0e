// Features in ethtool's messages: bitsets, whose bits are named once for all devices.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nanotune/system.hpp>

#include "system/attributes.hpp"
#include "system/generic_request.hpp"

namespace nanotune {

/// The running kernel's features, each with the place of its bit.
using FeatureNames = std::vector<std::pair<std::string, std::size_t>>;

/// ETHTOOL_MSG_STRSET_GET for the names of the features.
void put_feature_names_request(GenericRequest& request);

/// ETHTOOL_MSG_STRSET_GET_REPLY to it. Errors: invalid.
[[nodiscard]] Result<FeatureNames> feature_names_of(Bytes body);

/// ETHTOOL_MSG_FEATURES_GET_REPLY with compact bitsets. Errors: invalid.
[[nodiscard]] Result<Features> features_of(Bytes body,
                                           const std::shared_ptr<const FeatureNames>& names);

/// The names in the WANTED difference of ETHTOOL_MSG_FEATURES_SET_REPLY, with bitsets by name: bits
/// that were asked for and are not as asked. Errors: invalid.
[[nodiscard]] Result<std::vector<std::string>> untaken_features_of(Bytes body);

}  // namespace nanotune
