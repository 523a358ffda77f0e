// How messages show what an author wrote, and where.

#include <fmt/format.h>

#include <nanotune/input.hpp>
#include <nanotune/numbers.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

struct Spelling {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const {
        std::string text = fmt::format("{}", number);
        if (text.find_first_not_of("-0123456789") == std::string::npos) {
            text += ".0";
        }
        return text;
    }
    std::string operator()(const std::string& text) const { return in_quotes(text); }
    std::string operator()(const InputList&) const { return "a list"; }
    std::string operator()(const InputTable&) const { return "a table"; }
};

}  // namespace

std::string Origin::text() const {
    std::string text = file;
    if (line != 0) {
        text.append(1, ':').append(std::to_string(line));
        text.append(1, ':').append(std::to_string(column));
    }
    return text;
}

Origin Origin::from(std::string_view text) {
    Origin origin{.file = std::string(text)};
    std::string_view rest = text;
    for (std::uint32_t* number : {&origin.column, &origin.line}) {
        const std::size_t colon = rest.rfind(':');
        const std::string_view digits =
            colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
        *number = whole_number<std::uint32_t>(digits).value_or(0);
        if (*number == 0) {
            return {.file = std::string(text)};
        }
        rest = rest.substr(0, colon);
    }
    origin.file = rest;
    return origin;
}

std::string Input::spelling() const {
    return std::visit(Spelling{}, content);
}

}  // namespace nanotune
