// How a link comes to its speed, and what corrects its errors: what both ends have to agree on.
#pragma once

#include "words_bank.hpp"

namespace nanotune::nic {

/// "auto", "auto 1000baseT/Full 100baseT/Full" or "1000/full", in one spelling. Errors: invalid.
[[nodiscard]] Result<std::string> normal_link_mode(std::string_view text);

/// link.mode and fec.modes.
[[nodiscard]] std::span<const WordsRow> link_mode_rows();

}  // namespace nanotune::nic
