// How profiles that nanotune writes spell a text.
#pragma once

#include <string>
#include <string_view>

namespace nanotune {

/// As TOML has it, in quotes. Defined beside the profile that is shown.
[[nodiscard]] std::string toml_text(std::string_view text);

}  // namespace nanotune
