// Speed, duplex, autonegotiation and what is advertised are one setting: each means something only
// beside the others, and they come back together.
#include "link_mode.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>

#include <nanotune/words.hpp>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view negotiated = "auto";

std::vector<std::string> words_in(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, ',', ' ');
    const auto words = split_words(spaced);
    return {words.begin(), words.end()};
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() ? std::optional(number) : std::nullopt;
}

/// The kernel lists ports, pause frames and error correction among the modes too.
bool has_speed(std::string_view mode) {
    return number_in(mode).has_value() && mode.contains("base");
}

void sort_by_speed(std::vector<std::string>& modes) {
    std::ranges::sort(modes, {}, [](const std::string& mode) {
        return std::pair(number_in(mode).value_or(0), std::string_view(mode));
    });
    const auto repeated = std::ranges::unique(modes);
    modes.erase(repeated.begin(), repeated.end());
}

struct Forced {
    std::uint32_t speed = static_cast<std::uint32_t>(SPEED_UNKNOWN);
    std::uint8_t duplex = DUPLEX_UNKNOWN;
};

constexpr std::string_view unknown = "unknown";

std::string text_of(const Forced& forced) {
    const bool has_speed = forced.speed != static_cast<std::uint32_t>(SPEED_UNKNOWN);
    return (has_speed ? std::to_string(forced.speed) : std::string(unknown)) + "/" +
           (forced.duplex == DUPLEX_FULL   ? "full"
            : forced.duplex == DUPLEX_HALF ? "half"
                                           : "unknown");
}

std::optional<Forced> forced_in(std::string_view word) {
    const auto slash = word.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view speed = word.substr(0, slash);
    const std::string_view duplex = word.substr(slash + 1);
    Forced forced;
    if (speed != unknown) {
        const auto number = number_in(speed);
        if (!number || std::to_string(*number) != speed) {
            return std::nullopt;
        }
        forced.speed = *number;
    }
    if (duplex != "full" && duplex != "half" && duplex != unknown) {
        return std::nullopt;
    }
    forced.duplex = duplex == "full"   ? DUPLEX_FULL
                    : duplex == "half" ? DUPLEX_HALF
                                       : static_cast<std::uint8_t>(DUPLEX_UNKNOWN);
    return forced;
}

/// None where the driver's answer has no such bits. Errors: whatever else keeps them from being
/// known, as what is read without them would be put back one day.
Result<EthtoolBits> bits_if_any(System& system, const Target& nic, std::uint8_t command,
                                std::uint16_t attribute) {
    auto bits = system.ethtool().bits(command, nic.name, attribute);
    if (!bits && bits.error().code == ErrorCode::unsupported) {
        return EthtoolBits();
    }
    return bits;
}

/// The modes with a speed that the device can have at all, and whether it advertises each.
Result<EthtoolBits> modes_of(System& system, const Target& nic) {
    NT_TRY(EthtoolBits modes,
           bits_if_any(system, nic, ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_OURS));
    std::erase_if(modes, [](const auto& mode) { return !has_speed(mode.first); });
    return modes;
}

Result<std::string> read_link_mode(System& system, const Target& nic) {
    NT_TRY(const EthtoolNumbers numbers, system.ethtool().get(ETHTOOL_MSG_LINKMODES_GET, nic.name));
    const auto autoneg = numbers.find(ETHTOOL_A_LINKMODES_AUTONEG);
    if (autoneg == numbers.end()) {
        return lacks(nic, "link.mode");
    }
    if (autoneg->second.number != AUTONEG_ENABLE) {
        Forced forced;
        if (const auto speed = numbers.find(ETHTOOL_A_LINKMODES_SPEED); speed != numbers.end()) {
            forced.speed = static_cast<std::uint32_t>(speed->second.number);
        }
        if (const auto duplex = numbers.find(ETHTOOL_A_LINKMODES_DUPLEX); duplex != numbers.end()) {
            forced.duplex = static_cast<std::uint8_t>(duplex->second.number);
        }
        return text_of(forced);
    }
    NT_TRY(const EthtoolBits modes, modes_of(system, nic));
    std::vector<std::string> words;
    for (const auto& [name, is_on] : modes) {
        if (is_on) {
            words.push_back(name);
        }
    }
    if (words.size() == modes.size()) {
        return std::string(negotiated);
    }
    sort_by_speed(words);
    words.insert(words.begin(), std::string(negotiated));
    return joined(words);
}

Status holds_link_mode(System& system, const Target& nic, const std::string& text) {
    const auto words = words_in(text);
    if (words.front() != negotiated) {
        return {};
    }
    NT_TRY(const EthtoolBits modes, modes_of(system, nic));
    std::vector<std::string> all;
    for (const auto& [name, is_on] : modes) {
        all.push_back(name);
    }
    sort_by_speed(all);
    for (const std::string& word : std::span(words).subspan(1)) {
        if (!modes.contains(word)) {
            return failure(ErrorCode::unsupported,
                           nic.name + " does not have " + word + "; it has " + joined(all));
        }
    }
    if (words.size() - 1 == all.size() && !all.empty()) {
        return failure(ErrorCode::unsupported, nic.name + " reads it as \"auto\": that is all");
    }
    return {};
}

Status write_link_mode(System& system, const Target& nic, const std::string& text) {
    const auto words = words_in(text);
    if (const auto forced = forced_in(words.front())) {
        return system.ethtool().set(
            ETHTOOL_MSG_LINKMODES_SET, nic.name,
            {{ETHTOOL_A_LINKMODES_AUTONEG, {.number = AUTONEG_DISABLE, .width = 1}},
             {ETHTOOL_A_LINKMODES_SPEED, {.number = forced->speed, .width = 4}},
             {ETHTOOL_A_LINKMODES_DUPLEX, {.number = forced->duplex, .width = 1}}});
    }
    NT_TRY(EthtoolBits modes, modes_of(system, nic));
    for (auto& [name, is_on] : modes) {
        is_on = words.size() == 1 || std::ranges::find(words, name) != words.end();
    }
    return system.ethtool().set_bits(
        ETHTOOL_MSG_LINKMODES_SET, nic.name, ETHTOOL_A_LINKMODES_OURS, modes,
        {{ETHTOOL_A_LINKMODES_AUTONEG, {.number = AUTONEG_ENABLE, .width = 1}}});
}

struct FecMode {
    std::string_view word;
    std::string_view bit;  ///< the kernel's name; "" for the flag beside the bits
};
constexpr FecMode fec_modes[] = {
    {"auto", ""}, {"off", "None"}, {"rs", "RS"}, {"baser", "BASER"}, {"llrs", "LLRS"}};

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
                         : Result<std::string>(joined(words));
}

Status write_fec(System& system, const Target& nic, const std::string& text) {
    const auto words = words_in(text);
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

/// What ethtool prints of modes that are offered to the partner.
Result<std::string> as_offered(std::string_view printed) {
    return std::string(negotiated) + " " + std::string(printed);
}

Result<std::string> in_small_letters(std::string_view printed) {
    std::string text(printed);
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return text;
}

constexpr WordsRow rows[] = {
    {{.name = "link.mode",
      .domain =
          with_samples(normal_text(normal_link_mode,
                                   "\"auto\", \"auto\" with the modes to offer (\"auto "
                                   "1000baseT/Full\"), or a forced mode such as \"1000/full\""),
                       "auto 1000baseT/Full | auto 10000baseT/Full | auto 100baseT/Full"),
      .impact = Impact::bounces_link,
      .summary = "How the link comes to its speed: agreed with the partner, or forced.",
      .witness = {.command = "ethtool {}",
                  .heading = "Advertised link modes:",
                  .until = "Advertised pause frame use:",
                  .spelled = as_offered}},
     read_link_mode,
     holds_link_mode,
     write_link_mode},
    {{.name = "fec.modes",
      .domain = with_samples(normal_text(normal_fec, "some of auto, off, rs, baser and llrs"),
                             "rs | off | auto"),
      .impact = Impact::bounces_link,
      .summary = "How damaged bits are repaired on the link (forward error correction).",
      .witness = {.command = "ethtool --show-fec {}",
                  .heading = "FEC encodings:",
                  .until = "Active FEC",
                  .spelled = in_small_letters}},
     read_fec,
     nullptr,
     write_fec},
};

}  // namespace

Result<std::string> normal_link_mode(std::string_view text) {
    auto words = words_in(text);
    if (words.size() == 1 && forced_in(words.front())) {
        return words.front();
    }
    const auto leading = std::ranges::find(words, negotiated);
    if (leading == words.end()) {
        return failure(ErrorCode::invalid, "it begins with auto, or is SPEED/DUPLEX");
    }
    words.erase(leading);
    for (const std::string& word : words) {
        if (!has_speed(word)) {
            return failure(ErrorCode::invalid, "\"" + word + "\" is no mode of a link");
        }
    }
    sort_by_speed(words);
    words.insert(words.begin(), std::string(negotiated));
    return joined(words);
}

Result<std::string> normal_fec(std::string_view text) {
    const auto words = words_in(text);
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
                           : Result<std::string>(joined(ordered));
}

std::span<const WordsRow> link_mode_rows() {
    return rows;
}

}  // namespace nanotune::nic
