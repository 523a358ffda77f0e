// Text for a terminal: how wide it is, where it breaks, and that it carries no escape sequences.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

/// Columns that UTF-8 text takes. Broken sequences count one column a byte.
[[nodiscard]] std::size_t columns_of(std::string_view text) noexcept;

/// Printable ASCII alone: a column for each byte, and nothing that a terminal would obey.
[[nodiscard]] bool is_plain(std::string_view text) noexcept;

/// Whether a file that has to be UTF-8 can hold it.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The text with control characters as "?", so that a device's name or a file cannot steer the
/// terminal.
[[nodiscard]] std::string harmless(std::string_view text);

/// The text in lines of at most `width` columns, broken at blanks; where there is none, after a
/// slash, or another sign that names are made of (. , : - _); else anywhere. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// A sentence in lines of at most `width` columns, broken at blanks alone, so that what is copied
/// from it is whole: a longer word has a longer line. All lines but the first are indented. Never
/// empty; width 0: one line.
[[nodiscard]] std::vector<std::string> sentence_lines(std::string_view text, std::size_t width);

/// "1 change", "7 changes".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// In the largest unit that needs no fraction: "1280 KiB".
[[nodiscard]] std::string exact_bytes(std::uint64_t bytes);

/// About as many: "962 MiB", "11.5 GiB", "64 GiB".
[[nodiscard]] std::string rounded_bytes(std::uint64_t bytes);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

}  // namespace nanotune::cli
