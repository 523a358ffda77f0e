#include "mode_words.hpp"

#include <algorithm>

#include <nanotune/words.hpp>

namespace nanotune::nic {

std::vector<std::string> mode_words(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, ',', ' ');
    const auto words = split_words(spaced);
    return {words.begin(), words.end()};
}

std::string text_of_modes(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

Result<EthtoolBits> bits_if_any(System& system, const Target& nic, std::uint8_t command,
                                std::uint16_t attribute) {
    auto bits = system.ethtool().bits(command, nic.name, attribute);
    if (!bits && bits.error().code == ErrorCode::unsupported) {
        return EthtoolBits();
    }
    return bits;
}

}  // namespace nanotune::nic
