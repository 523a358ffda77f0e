#include "ini_text.hpp"

#include <algorithm>

namespace nanotune {

namespace {

constexpr std::string_view ini_blanks = " \t\r\n";

std::string_view without_comment(std::string_view line, const IniDialect& dialect) {
    if (!dialect.hash_ends_line) {
        return line;
    }
    for (std::size_t at = line.find('#'); at != std::string_view::npos;
         at = line.find('#', at + 1)) {
        if (at == 0 || ini_blanks.contains(line[at - 1])) {
            return line.substr(0, at);
        }
    }
    return line;
}

}  // namespace

std::string_view stripped(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(ini_blanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(ini_blanks) + 1);
}

std::string unquoted(std::string_view text) {
    text = stripped(text);
    const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                           (text.front() == '"' || text.front() == '\'');
    return std::string(is_quoted ? text.substr(1, text.size() - 2) : text);
}

std::vector<IniLine> ini_lines(std::string_view text, const IniDialect& dialect) {
    std::vector<IniLine> lines;
    std::string section;
    bool goes_on = false;
    std::size_t indent_of_option = 0;
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::string_view whole = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(whole.size() + 1, text.size()));
        const std::size_t indent = std::min(whole.find_first_not_of(ini_blanks), whole.size());
        std::string_view line = stripped(without_comment(whole, dialect));
        if (line.empty() || line.front() == '#' || line.front() == ';') {
            continue;
        }
        const bool continues = goes_on || (dialect.indent_continues && indent > indent_of_option);
        goes_on = dialect.backslash_continues && line.ends_with('\\');
        line.remove_suffix(goes_on ? 1 : 0);
        if (continues && !lines.empty() && !lines.back().key.empty()) {
            lines.back().value += " ";
            lines.back().value += line;
            continue;
        }
        indent_of_option = indent;
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            lines.push_back({.section = section, .key = {}, .value = {}, .line = number});
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            if (dialect.tells_others) {
                lines.push_back(
                    {.section = section, .key = {}, .value = std::string(line), .line = number});
            }
        } else {
            lines.push_back({.section = section,
                             .key = std::string(stripped(line.substr(0, equals))),
                             .value = std::string(stripped(line.substr(equals + 1))),
                             .line = number});
        }
    }
    return lines;
}

std::string value_in(const std::vector<IniLine>& lines, std::string_view section,
                     std::string_view key) {
    std::string value;
    for (const IniLine& line : lines) {
        if (line.section == section && line.key == key) {
            value = line.value;
        }
    }
    return value;
}

}  // namespace nanotune
