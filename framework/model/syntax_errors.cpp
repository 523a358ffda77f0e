#include "syntax_errors.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "toml_quotes.hpp"

namespace nanotune {
namespace {

struct Line {
    std::size_t begin = 0;
    std::size_t size = 0;
};

std::optional<Line> line_of(std::string_view text, std::uint32_t number) {
    std::size_t begin = 0;
    for (std::uint32_t line = 1; line < number; ++line) {
        begin = text.find('\n', begin);
        if (begin == std::string_view::npos) {
            return std::nullopt;
        }
        ++begin;
    }
    return Line{.begin = begin, .size = std::min(text.find('\n', begin), text.size()) - begin};
}

bool is_header(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    return first != std::string_view::npos && line[first] == '[';
}

/// Whether the statement that begins in this line may go on in the next.
bool goes_on(std::string_view line) {
    if (is_header(line)) {
        return false;
    }
    int open = 0;
    TomlQuotes quotes;
    for (const char c : line) {
        if (quotes.cover(c)) {
            continue;
        }
        if (c == '#') {
            break;
        }
        if (c == '[' || c == '{') {
            ++open;
        } else if (c == ']' || c == '}') {
            --open;
        }
    }
    return open > 0 || line.contains(R"(""")") || line.contains("'''");
}

/// Without the line. What follows a header stays in a table of its own.
void take_away(std::string& text, const Line& line, std::uint32_t number) {
    const bool was_header = is_header(std::string_view(text).substr(line.begin, line.size));
    text.replace(line.begin, line.size,
                 was_header ? fmt::format("[\"in place of line {}\"]", number) : std::string());
}

}  // namespace

std::vector<SyntaxError> syntax_errors(std::string text, const FirstSyntaxError& first) {
    std::vector<SyntaxError> errors;
    while (errors.size() < most_syntax_errors) {
        auto error = first(text);
        if (!error || (!errors.empty() && error->line <= errors.back().line)) {
            break;
        }
        errors.push_back(*std::move(error));
        const std::uint32_t number = errors.back().line;
        const auto line = number == 0 ? std::nullopt : line_of(text, number);
        const std::string_view all(text);
        if (!line || goes_on(all.substr(line->begin, line->size)) ||
            first(all.substr(0, line->begin))) {
            break;
        }
        take_away(text, *line, number);
    }
    return errors;
}

}  // namespace nanotune
