// All that is wrong with a text that is no TOML: its library stops at the first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune {

struct SyntaxError {
    std::uint32_t line = 0;  ///< from 1; 0 where the library knows no place
    std::uint32_t column = 0;
    std::string description;
};

/// Reads a text up to its first error; nothing where there is none.
using FirstSyntaxError = std::function<std::optional<SyntaxError>(std::string_view text)>;

/// More are not told at once.
inline constexpr std::size_t most_syntax_errors = 10;

/// The errors of `text`, by line: what `first` finds, and what it finds once the line is out of the
/// way. Where a statement of several lines is broken, the rest of the text is not judged: what of
/// it belongs to the statement cannot be known.
[[nodiscard]] std::vector<SyntaxError> syntax_errors(std::string text,
                                                     const FirstSyntaxError& first);

}  // namespace nanotune
