// Lists of modes, as ethtool netlink has them in bits and a profile has them in words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Between blanks or commas.
[[nodiscard]] std::vector<std::string> mode_words(std::string_view text);
[[nodiscard]] std::string text_of_modes(const std::vector<std::string>& words);

/// None where the driver's answer has no such bits. Errors: whatever else keeps them from being
/// known, as what is read without them would be put back one day.
[[nodiscard]] Result<EthtoolBits> bits_if_any(System& system, const Target& nic,
                                              std::uint8_t command, std::uint16_t attribute);

}  // namespace nanotune::nic
