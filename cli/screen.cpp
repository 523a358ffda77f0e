#include "screen.hpp"

#include "text.hpp"

namespace nanotune::cli {

namespace {

std::string painted_lines(std::string_view text, Style style, bool colour, std::size_t width) {
    std::string lines;
    for (const std::string& line : sentence_lines(harmless(text), width)) {
        lines += painted(line, style, colour) + "\n";
    }
    return lines;
}

}  // namespace

Screen Screen::with(const Look& look) const {
    Screen copy = *this;
    copy.look_ = look;
    return copy;
}

void Screen::line(std::string_view text, Style style, Breaks breaks) const {
    out_(painted_lines(text, style, look_.colour, breaks == Breaks::nowhere ? 0 : look_.width));
}

void Screen::table(const Table& table) const {
    if (!table.empty()) {
        out_(table.text(look_.width, look_.colour));
    }
}

void Screen::error(std::string_view text, Breaks breaks) const {
    error_(painted_lines(text, Style::bad, look_.error_colour,
                         breaks == Breaks::nowhere ? 0 : look_.error_width));
}

void Screen::detail(std::string_view text) const {
    if (look_.verbose) {
        error_(painted_lines(text, Style::dim, look_.error_colour, look_.error_width));
    }
}

}  // namespace nanotune::cli
