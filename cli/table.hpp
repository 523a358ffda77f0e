// Tables for people: aligned, and readable on 80 columns because long cells are wrapped, not cut.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "colour.hpp"

namespace nanotune::cli {

/// A text that lives until it has been added.
struct Cell {
    std::string_view text;
    Style style = Style::plain;
};

/// Rows under titles. A column in which every cell is empty is left out.
class Table {
  public:
    struct Column {
        std::string title;
        bool may_wrap = false;  ///< gives way where the lines would be too long
        std::size_t gap = 2;    ///< blanks before it
    };

    explicit Table(std::vector<Column> columns);

    /// How many rows are to come, about.
    void expect(std::size_t rows);
    /// As many cells as there are columns, or fewer. Their texts are copied.
    void add(std::initializer_list<Cell> cells);
    /// A line of its own under the row before it, indented.
    void add_note(std::string_view text);
    /// A line of its own that the columns take no part in. What does not fit goes on further in.
    void add_line(std::string_view text, std::size_t indent, Style style = Style::plain);
    /// A blank line.
    void add_gap();

    [[nodiscard]] bool empty() const { return lines_.empty(); }
    /// Every line ends with a newline and without blanks. `width` 0: as long as needed.
    [[nodiscard]] std::string text(std::size_t width, bool colour) const;

  private:
    /// A cell as it is kept: its part of `texts_`.
    struct Kept {
        std::size_t begin = 0;
        std::size_t size = 0;
        std::size_t columns = 0;
        Style style = Style::plain;
    };
    struct Line {
        std::size_t first = 0;  // of `cells_`
        std::size_t cells = 0;  // 0: a note, or a gap where that is empty too
        std::string note = {};
        Style style = Style::plain;
        std::size_t indent = 0;
        std::size_t hanging = 0;  // further in, from its second line on
    };

    [[nodiscard]] Kept kept(const Cell& cell);
    [[nodiscard]] std::string_view text_of(const Kept& cell) const {
        return std::string_view(texts_).substr(cell.begin, cell.size);
    }
    [[nodiscard]] std::span<const Kept> cells_of(const Line& line) const {
        return std::span(cells_).subspan(line.first, line.cells);
    }
    [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;
    void fit(std::vector<std::size_t>& widths, std::size_t total, std::size_t room) const;
    void narrow(std::vector<std::size_t>& widths, std::size_t& total, std::size_t room,
                const std::vector<std::size_t>& least) const;
    void print(std::string& out, std::span<const Kept> cells,
               const std::vector<std::size_t>& widths, bool colour) const;
    static void print_note(std::string& out, const Line& line, std::size_t width, bool colour);

    std::vector<Column> columns_;
    std::vector<Kept> titles_;
    std::vector<Line> lines_;
    std::vector<Kept> cells_;  // of all lines
    std::string texts_;        // of titles and cells
};

}  // namespace nanotune::cli
