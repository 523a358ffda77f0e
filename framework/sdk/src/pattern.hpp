// Patterns of rows: what stands for the target in a path or in a command.
#pragma once

#include <string>
#include <string_view>

namespace nanotune {

/// "{}" is the target's whole name, "{0}" and "{1}" its parts around the slash.
[[nodiscard]] std::string filled(std::string_view pattern, std::string_view name);

}  // namespace nanotune
