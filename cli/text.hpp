// Text for a terminal: how wide it is, where it breaks, and that it carries no escape sequences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

/// Columns that UTF-8 text takes. Broken sequences count one column a byte.
[[nodiscard]] std::size_t columns_of(std::string_view text) noexcept;

/// The text with control characters as "?", so that a device's name or a file cannot steer the
/// terminal.
[[nodiscard]] std::string harmless(std::string_view text);

/// The text in lines of at most `width` columns, broken at blanks; where there is none, after a
/// sign that names are made of (. , / : - _); else anywhere. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// "1 change", "7 changes".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

}  // namespace nanotune::cli
