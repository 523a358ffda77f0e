// Whole numbers in text, without a locale.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace nanotune {

/// The number that the text is: digits, with a minus before them where `Number` has one, and
/// nothing else. Nothing for another text, and for a number that does not fit.
template <std::integral Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text, int base = 10) noexcept {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, number, base);
    return fault == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// The number that the text begins with, whatever follows it.
template <std::integral Number>
[[nodiscard]] std::optional<Number> leading_number(std::string_view text, int base = 10) noexcept {
    Number number{};
    const auto [stop, fault] =
        std::from_chars(text.data(), text.data() + text.size(), number, base);
    return fault == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace nanotune
