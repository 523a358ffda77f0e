// Which profiles can be named.
#pragma once

#include <string>
#include <vector>

namespace nanotune::daemon {

/// Of all folders together, in order, each once. What cannot be read has none.
[[nodiscard]] std::vector<std::string> profile_names_in(const std::vector<std::string>& folders);

}  // namespace nanotune::daemon
