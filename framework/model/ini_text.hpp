// Files of sections and `key=value`, as TuneD, systemd and GLib have them: one reader with
// dialects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune {

struct IniLine {
    std::string section;  ///< without its brackets; "" before the first
    std::string key;
    std::string value;
    unsigned line = 0;  ///< from 1
};

/// What tells the dialects apart.
struct IniDialect {
    bool hash_ends_line = false;       ///< TuneD: " #" begins a comment behind a value
    bool indent_continues = false;     ///< TuneD: a line further in goes on with the value above
    bool backslash_continues = false;  ///< systemd: a line that ends with one goes on in the next
    bool tells_others = false;         ///< what is no line of the format is a value without key
};
inline constexpr IniDialect tuned_dialect = {
    .hash_ends_line = true, .indent_continues = true, .tells_others = true};
inline constexpr IniDialect systemd_dialect = {.backslash_continues = true};
inline constexpr IniDialect glib_dialect = {};

/// Every line in order, and of each section the line that begins it, without key and value. What is
/// no line of the format is passed over, as its own readers do, or told where the dialect says so.
[[nodiscard]] std::vector<IniLine> ini_lines(std::string_view text, const IniDialect& dialect);

/// The last value of a key; "" for none.
[[nodiscard]] std::string value_in(const std::vector<IniLine>& lines, std::string_view section,
                                   std::string_view key);

/// Without blanks at both ends.
[[nodiscard]] std::string_view stripped(std::string_view text);
/// Without quotes around it.
[[nodiscard]] std::string unquoted(std::string_view text);

}  // namespace nanotune
