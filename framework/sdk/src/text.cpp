// The C library's own functions depend on the locale; these do not.
#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

namespace nanotune {

namespace {

constexpr std::string_view white_space = " \t\n\r\v\f";

std::optional<std::int64_t> number(std::string_view text, int base) noexcept {
    std::int64_t value = 0;
    const auto [stop, fault] = std::from_chars(text.begin(), text.end(), value, base);
    if (text.empty() || fault != std::errc{} || stop != text.end()) {
        return std::nullopt;
    }
    return value;
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t at = text.find_first_not_of(white_space);
    while (at != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(white_space, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(white_space, end);
    }
    return words;
}

std::optional<std::int64_t> decimal(std::string_view text) noexcept {
    return number(text, 10);
}

std::optional<std::int64_t> kernel_number(std::string_view text) noexcept {
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        return text.starts_with('-') ? std::nullopt : number(text, 16);
    }
    return number(text, 10);
}

std::string one_spaced(std::string_view text) {
    return fmt::format("{}", fmt::join(split_words(text), " "));
}

std::optional<std::string> numbers_of(std::string_view text) {
    std::string out;
    for (const std::string_view word : split_words(text)) {
        const auto whole = kernel_number(word);
        if (!whole) {
            return std::nullopt;
        }
        fmt::format_to(std::back_inserter(out), "{}{}", out.empty() ? "" : " ", *whole);
    }
    return out;
}

std::optional<std::string_view> chosen_word(std::string_view text) {
    const std::vector<std::string_view> words = split_words(text);
    const auto is_marked = [](std::string_view word) {
        return word.size() > 2 && word.front() == '[' &&
               word.find_first_of("[]", 1) == word.size() - 1;
    };
    const auto marked = std::ranges::find_if(words, is_marked);
    if (marked != words.end()) {
        return marked->substr(1, marked->size() - 2);
    }
    return words.size() == 1 ? std::optional(words.front()) : std::nullopt;
}

bool is_one_line(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (is_control(c)) {
            fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace nanotune
