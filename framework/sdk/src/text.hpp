// Words and whole numbers inside text, read the same way in every locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/words.hpp>

namespace nanotune {

/// Without spaces, tabs and line ends at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// "-12" and nothing else. Nothing where it is no number or does not fit.
[[nodiscard]] std::optional<std::int64_t> decimal(std::string_view text) noexcept;

/// "12", "-12" or "0x1f" and nothing else.
[[nodiscard]] std::optional<std::int64_t> kernel_number(std::string_view text) noexcept;

/// The words with one space between.
[[nodiscard]] std::string one_spaced(std::string_view text);

/// "4096  87380\t0x10" as "4096 87380 16": whole numbers with one space between. Nothing where a
/// word is no number.
[[nodiscard]] std::optional<std::string> numbers_of(std::string_view text);

/// The word that a list of words marks ("always [madvise] never"), or the only word. Nothing where
/// neither is there.
[[nodiscard]] std::optional<std::string_view> chosen_word(std::string_view text);

/// Whether the text stands on one line and holds no control character but tabs.
[[nodiscard]] bool is_one_line(std::string_view text) noexcept;

/// In quotation marks, escaped as TOML does.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace nanotune
