#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/core.h>

namespace nanotune::cli {

namespace {

constexpr std::array byte_units = {"B", "KiB", "MiB", "GiB", "TiB"};

struct Glyph {
    std::size_t bytes = 1;
    std::size_t columns = 1;
};

using Range = std::pair<char32_t, char32_t>;

// Combining marks and zero-width signs.
constexpr std::array<Range, 8> without_width = {{{0x300, 0x36f},
                                                 {0x483, 0x489},
                                                 {0x591, 0x5bd},
                                                 {0x610, 0x61a},
                                                 {0x64b, 0x65f},
                                                 {0x200b, 0x200f},
                                                 {0x20d0, 0x20ff},
                                                 {0xfe00, 0xfe0f}}};
// East Asian wide and emoji.
constexpr std::array<Range, 9> double_width = {{{0x1100, 0x115f},
                                                {0x2e80, 0x303e},
                                                {0x3041, 0xa4cf},
                                                {0xac00, 0xd7a3},
                                                {0xf900, 0xfaff},
                                                {0xfe30, 0xfe6f},
                                                {0xff00, 0xff60},
                                                {0x1f300, 0x1faff},
                                                {0x20000, 0x3fffd}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) noexcept {
    return std::ranges::any_of(
        ranges, [code](const Range& range) { return code >= range.first && code <= range.second; });
}

std::size_t length_of(unsigned char lead) noexcept {
    if (lead >= 0xc2 && lead < 0xe0) {
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        return 3;
    }
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 1;
}

/// The sign of so many bytes, the first of which says so; nothing where it is none.
std::optional<char32_t> sign_in(std::string_view text, std::size_t length) noexcept {
    if (text.size() < length) {
        return std::nullopt;
    }
    char32_t code = static_cast<unsigned char>(text.front()) & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80U) {
            return std::nullopt;
        }
        code = (code << 6U) | (next & 0x3fU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};  // of as many bytes
    const bool is_half_of_pair = code >= 0xd800 && code < 0xe000;
    return code < least[length] || code > 0x10ffff || is_half_of_pair ? std::nullopt
                                                                      : std::optional(code);
}

/// The glyph that `text`, which is not empty, begins with.
Glyph first_glyph(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = length_of(lead);
    const auto sign = length == 1 ? std::nullopt : sign_in(text, length);
    if (!sign) {
        return {};
    }
    const char32_t code = *sign;
    if (is_in(without_width, code)) {
        return {.bytes = length, .columns = 0};
    }
    return {.bytes = length, .columns = is_in(double_width, code) ? 2U : 1U};
}

bool may_break_after(char c) noexcept {
    return std::string_view(".,/:-_").contains(c);
}

/// How many bytes of `text` make the next line.
std::size_t line_length(std::string_view text, std::size_t width) noexcept {
    std::size_t used = 0;
    std::size_t position = 0;
    std::size_t after_blank = 0;
    std::size_t after_sign = 0;
    std::size_t after_slash = 0;
    while (position < text.size()) {
        const Glyph glyph = first_glyph(text.substr(position));
        const bool is_blank = text[position] == ' ';
        if (used + glyph.columns > width && !is_blank) {
            break;
        }
        used += glyph.columns;
        position += glyph.bytes;
        if (is_blank) {
            after_blank = position;
        } else if (glyph.bytes == 1 && may_break_after(text[position - 1])) {
            after_sign = position;
            // "/", "./" and "~/" alone say nothing.
            const bool ends_folder =
                text[position - 1] == '/' &&
                text.substr(0, position).find_first_not_of("./~") != std::string_view::npos;
            after_slash = ends_folder ? position : after_slash;
        }
    }
    if (position == text.size()) {
        return position;
    }
    for (const std::size_t place : {after_blank, after_slash, after_sign}) {
        if (place > 0) {
            return place;
        }
    }
    return std::max(position, first_glyph(text).bytes);
}

}  // namespace

bool is_plain(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::size_t columns_of(std::string_view text) noexcept {
    if (is_plain(text)) {
        return text.size();
    }
    std::size_t columns = 0;
    for (std::size_t position = 0; position < text.size();) {
        const Glyph glyph = first_glyph(text.substr(position));
        columns += glyph.columns;
        position += glyph.bytes;
    }
    return columns;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t length = length_of(lead);
        if (length == 1 ? lead >= 0x80 : !sign_in(text, length)) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string harmless(std::string_view text) {
    if (is_plain(text)) {
        return std::string(text);
    }
    std::string result(text);
    for (std::size_t position = 0; position < result.size();) {
        const Glyph glyph = first_glyph(std::string_view(result).substr(position));
        const auto byte = static_cast<unsigned char>(result[position]);
        const auto next = position + 1 < result.size()
                              ? static_cast<unsigned char>(result[position + 1])
                              : static_cast<unsigned char>(0);
        // 0x80-0x9f are control characters too; in UTF-8 they are C2 80 to C2 9F.
        const bool is_control =
            glyph.bytes == 1 ? byte < 0x20 || byte >= 0x7f : byte == 0xc2 && next < 0xa0;
        if (is_control) {
            result.replace(position, glyph.bytes, "?");
            ++position;
        } else {
            position += glyph.bytes;
        }
    }
    return result;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    width = std::max<std::size_t>(width, 1);
    if (text.size() <= width && is_plain(text) && !text.empty()) {
        lines.emplace_back(text);
        return lines;
    }
    while (!text.empty()) {
        const std::size_t length = line_length(text, width);
        std::string_view line = text.substr(0, length);
        text.remove_prefix(length);
        while (line.ends_with(' ')) {
            line.remove_suffix(1);
        }
        lines.emplace_back(line);
    }
    if (lines.empty()) {
        lines.emplace_back();
    }
    return lines;
}

std::vector<std::string> sentence_lines(std::string_view text, std::size_t width) {
    if (width == 0 || columns_of(text) <= width) {
        return {std::string(text)};
    }
    std::vector<std::string> lines(1);
    std::size_t columns = 0;
    while (!text.empty()) {
        const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
        const std::size_t end = std::min(text.find(' ', blanks), text.size());
        const std::string_view word = text.substr(blanks, end - blanks);
        if (word.empty()) {
            break;
        }
        const std::size_t more = blanks + columns_of(word);
        if (columns > 0 && columns + more > width) {
            lines.push_back("  " + std::string(word));
            columns = columns_of(lines.back());
        } else {
            lines.back() += text.substr(0, end);
            columns += more;
        }
        text.remove_prefix(end);
    }
    return lines;
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string exact_bytes(std::uint64_t bytes) {
    std::size_t unit = 0;
    while (bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < byte_units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return fmt::format("{} {}", bytes, byte_units[unit]);
}

std::string rounded_bytes(std::uint64_t bytes) {
    std::size_t unit = 0;
    auto number = static_cast<double>(bytes);
    while (number >= 1024 && unit + 1 < byte_units.size()) {
        number /= 1024;
        ++unit;
    }
    std::string text = fmt::format("{:.{}f}", number, number < 100 ? 1 : 0);
    if (text.ends_with(".0")) {
        text.resize(text.size() - 2);
    }
    return fmt::format("{} {}", text, byte_units[unit]);
}

std::string joined(const std::vector<std::string>& words) {
    std::string result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) {
            result += i + 1 == words.size() ? " and " : ", ";
        }
        result += words[i];
    }
    return result;
}

}  // namespace nanotune::cli
