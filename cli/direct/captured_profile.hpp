// What the engine captured, written as a profile.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace nanotune::cli {

/// The profile in TOML. What a profile cannot say (queues of one NIC that differ, values that no
/// author may write) stands in it as a comment.
[[nodiscard]] std::string captured_profile(const std::vector<Captured>& captured);

}  // namespace nanotune::cli
