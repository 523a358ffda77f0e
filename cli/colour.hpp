// The few ways in which a word may stand out on a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nanotune::cli {

enum class Style : std::uint8_t { plain, bold, dim, good, warning, bad };

/// Adds the text in that style, or as it is where colour is off.
void append_painted(std::string& out, std::string_view text, Style style, bool colour);

/// The text in that style, or as it is where colour is off.
[[nodiscard]] std::string painted(std::string_view text, Style style, bool colour);

}  // namespace nanotune::cli
