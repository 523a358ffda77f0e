// Finds the parts of this installation from where the program itself is.
#pragma once

#include <string>
#include <string_view>

#include "surroundings.hpp"

namespace nanotune::cli {

/// In the build tree: its plugins and the source's profiles. Installed: beside the folder of the
/// program, so that a prefix may be moved.
[[nodiscard]] Places places_of(std::string_view program);

}  // namespace nanotune::cli
