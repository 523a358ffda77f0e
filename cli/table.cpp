#include "table.hpp"

#include <algorithm>
#include <utility>

#include "text.hpp"

namespace nanotune::cli {

namespace {

// Narrower than this a wrapped cell is harder to read than a long line.
constexpr std::size_t least_wrapped_width = 10;
constexpr std::size_t note_indent = 4;

// The widest word that a column keeps whole where the lines allow it: a device's name, say.
constexpr std::size_t longest_whole_word = 16;

/// The longest part that `wrapped` would break only for want of room.
std::size_t longest_word(std::string_view text) {
    constexpr std::string_view breaks = " ,./:-_";
    std::size_t longest = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(breaks), text.size());
        const bool has_sign = end < text.size() && text[end] != ' ';
        longest = std::max(longest, columns_of(text.substr(0, end)) + (has_sign ? 1 : 0));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return longest;
}

/// As `wrapped`, with the blanks before it before each line.
std::vector<std::string> wrapped_cell(const std::string& text, std::size_t width) {
    const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
    if (indent == 0 || indent >= width) {
        return wrapped(text, width);
    }
    std::vector<std::string> lines = wrapped(std::string_view(text).substr(indent), width - indent);
    for (std::string& line : lines) {
        line.insert(0, indent, ' ');
    }
    return lines;
}

void append_blanks(std::string& text, std::size_t count) {
    text.append(count, ' ');
}

}  // namespace

void Table::add(std::vector<Cell> cells) {
    for (Cell& cell : cells) {
        cell.text = harmless(cell.text);
    }
    cells.resize(columns_.size());
    lines_.push_back({.cells = std::move(cells), .note = {}});
}

void Table::add_note(std::string_view text) {
    lines_.push_back(
        {.cells = {}, .note = {harmless(text), Style::dim}, .indent = note_indent, .hanging = 0});
}

void Table::add_line(std::string_view text, std::size_t indent, Style style) {
    lines_.push_back(
        {.cells = {}, .note = {harmless(text), style}, .indent = indent, .hanging = 2});
}

void Table::add_gap() {
    if (!lines_.empty()) {
        lines_.push_back({});
    }
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (const Line& line : lines_) {
        for (std::size_t i = 0; i < line.cells.size(); ++i) {
            widths[i] = std::max(widths[i], columns_of(line.cells[i].text));
        }
    }
    std::size_t total = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (widths[i] != 0) {
            widths[i] = std::max(widths[i], columns_of(columns_[i].title));
            total += widths[i] + (i == 0 ? 0 : columns_[i].gap);
        }
    }
    if (limit != 0 && total > limit) {
        fit(widths, total, limit);
    }
    return widths;
}

/// Words give way last.
void Table::fit(std::vector<std::size_t>& widths, std::size_t total, std::size_t room) const {
    std::vector<std::size_t> least(columns_.size(), 0);
    std::vector<std::size_t> whole(columns_.size(), 0);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (widths[i] == 0) {
            continue;
        }
        least[i] = std::max(least_wrapped_width, columns_of(columns_[i].title));
        whole[i] = least[i];
        for (const Line& line : lines_) {
            if (!line.cells.empty()) {
                whole[i] = std::max(whole[i],
                                    std::min(longest_word(line.cells[i].text), longest_whole_word));
            }
        }
    }
    narrow(widths, total, room, whole);
    narrow(widths, total, room, least);
}

/// The widest column gives way first, and none beyond its least width.
void Table::narrow(std::vector<std::size_t>& widths, std::size_t& total, std::size_t room,
                   const std::vector<std::size_t>& least) const {
    while (total > room) {
        std::size_t widest = columns_.size();
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const bool gives_way = columns_[i].may_wrap && widths[i] > least[i];
            if (gives_way && (widest == columns_.size() || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        if (widest == columns_.size()) {
            return;
        }
        --widths[widest];
        --total;
    }
}

std::string Table::printed(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                           bool colour) const {
    std::vector<std::vector<std::string>> parts(cells.size());
    std::size_t height = 1;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (widths[i] != 0) {
            parts[i] = wrapped_cell(cells[i].text, widths[i]);
            height = std::max(height, parts[i].size());
        }
    }
    std::string result;
    for (std::size_t line = 0; line < height; ++line) {
        std::size_t blanks = 0;  // owed before the next text, so that no line ends with one
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (widths[i] == 0) {
                continue;
            }
            blanks += i == 0 ? 0 : columns_[i].gap;
            std::size_t columns = 0;
            if (line < parts[i].size() && !parts[i][line].empty()) {
                const std::string& part = parts[i][line];
                columns = columns_of(part);
                append_blanks(result, std::exchange(blanks, 0));
                result += colour ? painted(part, cells[i].style, colour) : part;
            }
            blanks += widths[i] - std::min(widths[i], columns);
        }
        result += '\n';
    }
    return result;
}

std::string Table::noted(const Line& line, std::size_t width, bool colour) {
    if (line.note.text.empty()) {
        return "\n";
    }
    const std::size_t indent = line.indent + line.hanging;
    const std::size_t room = width > indent ? width - indent : line.note.text.size();
    std::string result;
    std::size_t blanks = line.indent;
    for (const std::string& part : wrapped(line.note.text, room)) {
        append_blanks(result, std::exchange(blanks, indent));
        result += painted(part, line.note.style, colour);
        result += '\n';
    }
    return result;
}

std::string Table::text(std::size_t width, bool colour) const {
    const std::vector<std::size_t> chosen = widths(width);
    std::string result;
    std::vector<Cell> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_) {
        titles.push_back({column.title, Style::bold});
    }
    if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); })) {
        result += printed(titles, chosen, colour);
    }
    for (const Line& line : lines_) {
        if (!line.cells.empty()) {
            result += printed(line.cells, chosen, colour);
            continue;
        }
        result += noted(line, width, colour);
    }
    return result;
}

}  // namespace nanotune::cli
