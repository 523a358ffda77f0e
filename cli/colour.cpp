#include "colour.hpp"

namespace nanotune::cli {

namespace {

std::string_view sequence_of(Style style) noexcept {
    switch (style) {
        case Style::plain:
            return "";
        case Style::bold:
            return "\033[1m";
        case Style::dim:
            return "\033[2m";
        case Style::good:
            return "\033[32m";
        case Style::warning:
            return "\033[33m";
        case Style::bad:
            return "\033[31m";
    }
    return "";
}

}  // namespace

void append_painted(std::string& out, std::string_view text, Style style, bool colour) {
    if (!colour || style == Style::plain || text.empty()) {
        out += text;
        return;
    }
    out += sequence_of(style);
    out += text;
    out += "\033[0m";
}

std::string painted(std::string_view text, Style style, bool colour) {
    std::string result;
    append_painted(result, text, style, colour);
    return result;
}

}  // namespace nanotune::cli
