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
std::vector<std::string> wrapped_cell(std::string_view text, std::size_t width) {
    const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
    if (indent == 0 || indent >= width) {
        return wrapped(text, width);
    }
    std::vector<std::string> lines = wrapped(text.substr(indent), width - indent);
    for (std::string& line : lines) {
        line.insert(0, indent, ' ');
    }
    return lines;
}

/// The lines of a row's cells that are wider than their columns.
class Broken {
  public:
    void add(std::size_t column, std::vector<std::string> lines) {
        height_ = std::max(height_, lines.size());
        lines_.emplace_back(column, std::move(lines));
    }
    /// Of the whole row.
    [[nodiscard]] std::size_t height() const { return height_; }
    /// What `column` has in that line, of a cell that is `whole` where it fits.
    [[nodiscard]] std::string_view part(std::size_t column, std::size_t line,
                                        std::string_view whole) const {
        const auto found = std::ranges::find(lines_, column, &Lines::first);
        if (found == lines_.end()) {
            return line == 0 ? whole : std::string_view();
        }
        return line < found->second.size() ? found->second[line] : std::string_view();
    }

  private:
    using Lines = std::pair<std::size_t, std::vector<std::string>>;
    std::vector<Lines> lines_;
    std::size_t height_ = 1;
};

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    titles_.reserve(columns_.size());
    for (const Column& column : columns_) {
        titles_.push_back(kept({column.title, Style::bold}));
    }
}

Table::Kept Table::kept(const Cell& cell) {
    Kept kept{.begin = texts_.size(), .columns = cell.text.size(), .style = cell.style};
    if (is_plain(cell.text)) {
        texts_ += cell.text;
    } else {
        const std::string text = harmless(cell.text);
        kept.columns = columns_of(text);
        texts_ += text;
    }
    kept.size = texts_.size() - kept.begin;
    return kept;
}

void Table::expect(std::size_t rows) {
    constexpr std::size_t usual_row = 80;
    constexpr std::size_t gaps = 8;
    lines_.reserve(rows + gaps);
    cells_.reserve(rows * columns_.size());
    texts_.reserve(texts_.size() + rows * usual_row);
}

void Table::add(std::initializer_list<Cell> cells) {
    lines_.push_back({.first = cells_.size(), .cells = columns_.size()});
    for (const Cell& cell : cells) {
        cells_.push_back(kept(cell));
    }
    cells_.resize(lines_.back().first + columns_.size());
}

void Table::add_note(std::string_view text) {
    lines_.push_back({.note = harmless(text), .style = Style::dim, .indent = note_indent});
}

void Table::add_line(std::string_view text, std::size_t indent, Style style) {
    lines_.push_back({.note = harmless(text), .style = style, .indent = indent, .hanging = 2});
}

void Table::add_gap() {
    if (!lines_.empty()) {
        lines_.push_back({});
    }
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        std::size_t& width = widths[i % widths.size()];
        width = std::max(width, cells_[i].columns);
    }
    std::size_t total = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (widths[i] != 0) {
            widths[i] = std::max(widths[i], titles_[i].columns);
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
        least[i] = std::max(least_wrapped_width, titles_[i].columns);
        whole[i] = least[i];
        for (std::size_t cell = i; cell < cells_.size(); cell += columns_.size()) {
            whole[i] = std::max(whole[i],
                                std::min(longest_word(text_of(cells_[cell])), longest_whole_word));
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

void Table::print(std::string& out, std::span<const Kept> cells,
                  const std::vector<std::size_t>& widths, bool colour) const {
    Broken broken;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (widths[i] != 0 && cells[i].columns > widths[i]) {
            broken.add(i, wrapped_cell(text_of(cells[i]), widths[i]));
        }
    }
    for (std::size_t line = 0; line < broken.height(); ++line) {
        std::size_t blanks = 0;  // owed before the next text, so that no line ends with one
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (widths[i] == 0) {
                continue;
            }
            blanks += i == 0 ? 0 : columns_[i].gap;
            const std::string_view whole = text_of(cells[i]);
            const std::string_view part = broken.part(i, line, whole);
            const bool is_whole = part.data() == whole.data();
            const std::size_t columns = is_whole ? cells[i].columns : columns_of(part);
            if (!part.empty()) {
                out.append(std::exchange(blanks, 0), ' ');
                append_painted(out, part, cells[i].style, colour);
            }
            blanks += widths[i] - std::min(widths[i], columns);
        }
        out.resize(out.find_last_not_of(' ') + 1);  // a cell may end with blanks itself
        out += '\n';
    }
}

void Table::print_note(std::string& out, const Line& line, std::size_t width, bool colour) {
    if (line.note.empty()) {
        out += '\n';
        return;
    }
    const std::size_t indent = line.indent + line.hanging;
    const std::size_t room = width > indent ? width - indent : line.note.size();
    std::size_t blanks = line.indent;
    for (const std::string& part : wrapped(line.note, room)) {
        out.append(std::exchange(blanks, indent), ' ');
        append_painted(out, part, line.style, colour);
        out += '\n';
    }
}

std::string Table::text(std::size_t width, bool colour) const {
    const std::vector<std::size_t> chosen = widths(width);
    std::string result;
    if (std::ranges::any_of(titles_, [](const Kept& title) { return title.size > 0; })) {
        print(result, titles_, chosen, colour);
    }
    for (const Line& line : lines_) {
        if (line.cells > 0) {
            print(result, cells_of(line), chosen, colour);
        } else {
            print_note(result, line, width, colour);
        }
    }
    return result;
}

}  // namespace nanotune::cli
