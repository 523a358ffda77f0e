// Files of sections with KEY=VALUE lines, as systemd and GLib write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

struct IniLine {
    std::string section;
    std::string key;
    std::string value;
    unsigned line = 0;
};

/// What is no such line (comments, blanks, continuations) is passed by.
[[nodiscard]] std::vector<IniLine> ini_lines(std::string_view text);

/// The last value of a key; "" for none.
[[nodiscard]] std::string value_in(const std::vector<IniLine>& lines, std::string_view section,
                                   std::string_view key);

}  // namespace nanotune::cli
