// How the service's own files are read: line by line.
#pragma once

#include <algorithm>
#include <string_view>

namespace nanotune {

/// The text up to the next line's end, which is taken off.
inline std::string_view next_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace nanotune
