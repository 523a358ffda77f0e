#include "toml_complaint.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "toml_quotes.hpp"

namespace nanotune {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// What the line gives a meaning to: "[nic.eth0]", or the key before "=".
std::string_view defined_in(std::string_view line) {
    const bool is_header = line.starts_with('[');
    TomlQuotes quotes;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quotes.cover(c)) {
            continue;
        }
        if (is_header && c == ']') {
            return line.substr(0, line.substr(i).starts_with("]]") ? i + 2 : i + 1);
        }
        if (!is_header && (c == '=' || c == '#')) {
            return trimmed(line.substr(0, i));
        }
    }
    return line;
}

/// The line before `last` that defines the same; a key's in the same table.
std::optional<std::size_t> earlier(const std::vector<std::string_view>& lines, std::size_t last) {
    const std::string_view name = defined_in(lines[last]);
    for (std::size_t i = last; i-- > 0;) {
        if (defined_in(lines[i]) == name) {
            return i + 1;
        }
        if (lines[i].starts_with('[') && !name.starts_with('[')) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

constexpr std::size_t most_parts = 256;  // as many as the library takes of values in values

bool has_endless_key(std::string_view line) {
    std::size_t parts = 1;
    TomlQuotes quotes;
    for (const char c : line) {
        if (quotes.cover(c)) {
            continue;
        }
        if (c == '.' && ++parts > most_parts) {
            return true;
        }
        if (std::string_view("=[]{},#").contains(c)) {
            parts = 1;
        }
    }
    return false;
}

}  // namespace

/// Of quoted names that are defined twice the library prints garbage.
std::string complaint(std::string_view text, std::uint32_t line, std::string_view description) {
    constexpr std::string_view opening = "Error while parsing ";
    const auto lines = lines_of(text);
    if (description.contains("cannot redefine") && line > 0 && line <= lines.size()) {
        const auto first = earlier(lines, line - 1);
        return fmt::format("{} is there already{}", defined_in(lines[line - 1]),
                           first ? fmt::format(", in line {}", *first) : std::string());
    }
    if (description.starts_with(opening)) {
        description.remove_prefix(opening.size());
    }
    std::string words(description);
    constexpr std::string_view line_end = "'\\n'";
    if (const auto at = words.find(line_end); at != std::string::npos) {
        words.replace(at, line_end.size(), "the end of the line");
    }
    return words;
}

std::uint32_t endless_key_line(std::string_view text) {
    for (std::uint32_t line = 1; !text.empty(); ++line) {
        const std::string_view words = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(words.size() + 1, text.size()));
        if (words.size() >= most_parts && has_endless_key(words)) {
            return line;
        }
    }
    return 0;
}

}  // namespace nanotune
