// Shell patterns over names: * ? [a-z] [!a-z]. No escapes; names of devices and programs need none.
#pragma once

#include <string_view>

namespace nanotune {

/// Whether the text is a pattern rather than a plain name.
[[nodiscard]] bool is_glob(std::string_view text) noexcept;
/// Whether the whole name fits the pattern. Time is at worst the product of both lengths.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name) noexcept;

}  // namespace nanotune
