// The C library's own functions depend on the locale; these do not.
#include "text.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

namespace nanotune {

namespace {

constexpr bool is_white(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::optional<std::int64_t> number(std::string_view text, int base) noexcept {
    return whole_number<std::int64_t>(text, base);
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const auto* const first = std::ranges::find_if_not(text, is_white);
    const auto* const last = std::ranges::find_if_not(text.rbegin(), text.rend(), is_white).base();
    return first == text.end() ? std::string_view() : std::string_view(first, last);
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    words.reserve(8);  // most texts have no more
    const auto* at = std::ranges::find_if_not(text, is_white);
    while (at != text.end()) {
        const auto* const end = std::find_if(at, text.end(), is_white);
        words.emplace_back(at, end);
        at = std::find_if_not(end, text.end(), is_white);
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
    std::string out;
    out.reserve(text.size());
    for (const std::string_view word : split_words(text)) {
        out.append(out.empty() ? 0 : 1, ' ').append(word);
    }
    return out;
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

std::string in_quotes(std::string_view text) {
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
