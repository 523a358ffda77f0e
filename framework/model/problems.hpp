// Everything that is wrong with a profile, told in one go.
#pragma once

#include <expected>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// Never empty when it is the failure side of a Checked.
using Problems = std::vector<Error>;

template <typename T>
using Checked = std::expected<T, Problems>;

}  // namespace nanotune
