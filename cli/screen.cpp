#include "screen.hpp"

#include "text.hpp"

namespace nanotune::cli {

Screen Screen::with(const Look& look) const {
    Screen copy = *this;
    copy.look_ = look;
    return copy;
}

void Screen::line(std::string_view text, Style style) const {
    out_(painted(harmless(text), style, look_.colour) + "\n");
}

void Screen::table(const Table& table) const {
    if (!table.empty()) {
        out_(table.text(look_.width, look_.colour));
    }
}

void Screen::error(std::string_view text) const {
    error_(painted(harmless(text), Style::bad, look_.error_colour) + "\n");
}

void Screen::detail(std::string_view text) const {
    if (look_.verbose) {
        error_(painted(harmless(text), Style::dim, look_.error_colour) + "\n");
    }
}

}  // namespace nanotune::cli
