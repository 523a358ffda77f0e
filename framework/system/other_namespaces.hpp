// Network devices that are not in our namespace: where one that was tuned may have gone.
#pragma once

#include <vector>

#include <nanotune/system.hpp>

namespace nanotune {

/// Devices of every other network namespace that a process is in or that is mounted. This thread
/// stays in its own. Errors: denied, where one of them cannot be looked into.
[[nodiscard]] Result<std::vector<Link>> links_elsewhere();

}  // namespace nanotune
