#include "redrawn.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nanotune::cli {

std::string redrawn(std::string_view text, std::size_t height) {
    constexpr std::string_view home = "\x1b[H";
    constexpr std::string_view end_of_line = "\x1b[K\n";
    constexpr std::string_view rest_of_screen = "\x1b[J";
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    // The line that the cursor is left on is one of them, and so is that which tells of more.
    const bool fits = height == 0 || lines < height;
    const std::size_t shown = fits ? lines : std::max<std::size_t>(height, 3) - 2;
    std::string drawn(home);
    for (std::size_t line = 0; line < shown; ++line) {
        const std::size_t end = text.find('\n');
        drawn.append(text.substr(0, end)).append(end_of_line);
        text.remove_prefix(end + 1);
    }
    if (!fits) {
        drawn += fmt::format("... and {} more lines", lines - shown);
        drawn += end_of_line;
    }
    return drawn.append(rest_of_screen);
}

}  // namespace nanotune::cli
