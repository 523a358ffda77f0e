// What the kernel itself makes of a set of features before a driver sees it: whichever lacks what
// it needs, or stands beside what excludes it, goes off (netdev_fix_features).
#pragma once

#include <map>
#include <string>

#include <nanotune/system.hpp>

namespace nanotune::nic {

/// Of a feature that is wanted and cannot be: "needs tx-scatter-gather". By feature.
[[nodiscard]] std::map<std::string, std::string> kept_off(
    const Features& features, const std::map<std::string, bool>& wanted);

}  // namespace nanotune::nic
