// What has become of a profile since it was applied.
#pragma once

#include <string>

#include "model/resolved.hpp"

namespace nanotune::cli {

/// "nic.mtu of eth0, memory.swappiness and 2 more": what one says otherwise than the other, or not
/// at all; without the values, which not everybody may read. "" where they say the same.
[[nodiscard]] std::string changes_between(const ResolvedProfile& before,
                                          const ResolvedProfile& now);

}  // namespace nanotune::cli
