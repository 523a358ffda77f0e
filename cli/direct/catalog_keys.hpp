// The catalog as `list` and `describe` show it.
#pragma once

#include <vector>

#include "model/catalog.hpp"
#include "model/requests.hpp"

namespace nanotune::cli {

/// Of one setting, declared or not.
[[nodiscard]] KeyInfo key_of(const SettingRef& setting);

/// Every key that profiles may use, plugin by plugin in table order.
[[nodiscard]] std::vector<KeyInfo> keys_of(const Catalog& catalog);

}  // namespace nanotune::cli
