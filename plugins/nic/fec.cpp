#include "fec.hpp"

#include <algorithm>
#include <vector>

#include <linux/ethtool_netlink.h>

#include "mode_words.hpp"

namespace nanotune::nic {

namespace {

struct FecMode {
    std::string_view word;
    std::string_view bit;  ///< the kernel's name; "" for the flag beside the bits
};
constexpr FecMode fec_modes[] = {
    {"auto", ""}, {"off", "None"}, {"rs", "RS"}, {"baser", "BASER"}, {"llrs", "LLRS"}};

}  // namespace

Result<std::string> normal_fec(std::string_view text) {
    const auto words = mode_words(text);
    for (const std::string& word : words) {
        if (std::ranges::find(fec_modes, word, &FecMode::word) == std::end(fec_modes)) {
            return failure(ErrorCode::invalid, "\"" + word + "\" is none of them");
        }
    }
    std::vector<std::string> ordered;
    for (const FecMode& mode : fec_modes) {
        if (std::ranges::find(words, mode.word) != words.end()) {
            ordered.emplace_back(mode.word);
        }
    }
    return ordered.empty() ? failure(ErrorCode::invalid, "at least one is needed")
                           : Result<std::string>(text_of_modes(ordered));
}

Result<std::string> read_fec(System& system, const Target& nic) {
    NT_TRY(const EthtoolNumbers numbers, system.ethtool().get(ETHTOOL_MSG_FEC_GET, nic.name));
    NT_TRY(const EthtoolBits bits,
           bits_if_any(system, nic, ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES));
    const auto is_auto = numbers.find(ETHTOOL_A_FEC_AUTO);
    std::vector<std::string> words;
    for (const auto& [word, bit] : fec_modes) {
        const auto found = bits.find(bit);
        if (bit.empty() ? is_auto != numbers.end() && is_auto->second.number != 0
                        : found != bits.end() && found->second) {
            words.emplace_back(word);
        }
    }
    // Nothing could bring such a state back: the kernel takes at least one.
    return words.empty() ? failure(ErrorCode::unsupported,
                                   "FEC_GET: the driver of " + nic.name + " reports no mode")
                         : Result<std::string>(text_of_modes(words));
}

Status write_fec(System& system, const Target& nic, const std::string& text) {
    const auto words = mode_words(text);
    const auto is_wanted = [&](std::string_view word) {
        return std::ranges::find(words, word) != words.end();
    };
    EthtoolBits bits;
    for (const auto& [word, bit] : fec_modes) {
        if (!bit.empty()) {
            bits.emplace(bit, is_wanted(word));
        }
    }
    return system.ethtool().set_bits(
        ETHTOOL_MSG_FEC_SET, nic.name, ETHTOOL_A_FEC_MODES, bits,
        {{ETHTOOL_A_FEC_AUTO, {.number = is_wanted("auto") ? 1U : 0U, .width = 1}}});
}

}  // namespace nanotune::nic
