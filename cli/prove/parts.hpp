// A merged profile without one of its lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli::prove {

/// One setting of a merged profile, and the profile without it.
struct Part {
    std::string name;    ///< "nic.eth1: mtu = 1400"
    std::string origin;  ///< "feed.toml:7"
    std::string without;
};

/// Every setting of what `profile show` prints: one value a line, with where it comes from as a
/// comment. What only selects or defines ([profile], [vars], [cpus], match, when, layers) is none.
[[nodiscard]] std::vector<Part> parts_of(std::string_view merged);

}  // namespace nanotune::cli::prove
