#include "ini_file.hpp"

#include <algorithm>

namespace nanotune::cli {

namespace {

std::string_view trimmed_of_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace

std::vector<IniLine> ini_lines(std::string_view text) {
    std::vector<IniLine> lines;
    std::string section;
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::string_view line = trimmed_of_blanks(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
        const std::size_t equals = line.find('=');
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
        } else if (!line.empty() && line.front() != '#' && line.front() != ';' &&
                   equals != std::string_view::npos) {
            lines.push_back({.section = section,
                             .key = std::string(trimmed_of_blanks(line.substr(0, equals))),
                             .value = std::string(trimmed_of_blanks(line.substr(equals + 1))),
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

}  // namespace nanotune::cli
