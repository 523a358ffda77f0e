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

std::string painted(std::string_view text, Style style, bool colour) {
    if (!colour || style == Style::plain || text.empty()) {
        return std::string(text);
    }
    std::string result(sequence_of(style));
    result += text;
    result += "\033[0m";
    return result;
}

}  // namespace nanotune::cli
