// Texts of procfs, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nanotune::facts {

/// What stands between blanks.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text, int base = 10);

}  // namespace nanotune::facts
