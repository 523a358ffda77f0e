// Tables for people: aligned, and readable on 80 columns because long cells are wrapped, not cut.
#pragma once

#include <string>
#include <vector>

#include "colour.hpp"

namespace nanotune::cli {

struct Cell {
    std::string text;
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

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns.
    void add(std::vector<Cell> cells);
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
    struct Line {
        std::vector<Cell> cells;  // empty: a note, or a gap where that is empty too
        Cell note;
        std::size_t indent = 0;
        std::size_t hanging = 0;  // further in, from its second line on
    };

    [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;
    void fit(std::vector<std::size_t>& widths, std::size_t total, std::size_t room) const;
    void narrow(std::vector<std::size_t>& widths, std::size_t& total, std::size_t room,
                const std::vector<std::size_t>& least) const;
    [[nodiscard]] std::string printed(const std::vector<Cell>& cells,
                                      const std::vector<std::size_t>& widths, bool colour) const;
    [[nodiscard]] static std::string noted(const Line& line, std::size_t width, bool colour);

    std::vector<Column> columns_;
    std::vector<Line> lines_;
};

}  // namespace nanotune::cli
