// How texts of our own and of the kernel's are read: part by part, line by line.
#pragma once

#include <algorithm>
#include <string_view>

namespace nanotune {

/// The text up to the next such sign, or to its end; taken off, with the sign.
inline std::string_view next_part(std::string_view& text, char sign) {
    const std::string_view part = text.substr(0, text.find(sign));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

/// The text up to the next line's end.
inline std::string_view next_line(std::string_view& text) {
    return next_part(text, '\n');
}

/// The text without the ends of lines that are behind it.
inline std::string_view without_line_ends(std::string_view text) {
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

}  // namespace nanotune
