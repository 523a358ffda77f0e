// TOML text as the tree that the rest of the model reads. The only door to the TOML library.
#pragma once

#include <vector>

#include "profile.hpp"

namespace nanotune {

/// What a TOML file holds, in the author's order.
struct TomlNodes {
    std::vector<ProfileNode> nodes;
    std::vector<Finding> findings;  ///< values of a type that no setting has (dates)
};

/// Problems: the first syntax error, at its place.
[[nodiscard]] Checked<TomlNodes> toml_nodes(const ProfileText& text);

}  // namespace nanotune
