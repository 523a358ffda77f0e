// The help texts, made from the same tables that parse.
#pragma once

#include <string>

#include "command.hpp"

namespace nanotune::cli {

/// `nanotune --help`: every verb with its line.
[[nodiscard]] std::string overview(std::size_t width);
/// `nanotune VERB --help`.
[[nodiscard]] std::string help_of(const Command& command, std::size_t width);

}  // namespace nanotune::cli
