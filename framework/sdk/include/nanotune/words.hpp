// Words of a kernel's text, without a stream, which would bring the locales into a plugin.
#pragma once

#include <string_view>
#include <vector>

namespace nanotune {

/// The words between white space. They refer to `text`.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);

}  // namespace nanotune
