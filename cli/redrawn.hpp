// Text that takes the place of what a terminal shows, again and again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nanotune::cli {

/// What draws the text from the terminal's first line on, over what is there: without blinking, and
/// nothing of before is left. Of more lines than it has (`height` 0: as many as needed) the first
/// are shown, and how many there are besides.
[[nodiscard]] std::string redrawn(std::string_view text, std::size_t height);

}  // namespace nanotune::cli
