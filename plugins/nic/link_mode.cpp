// Speed, duplex, autonegotiation and what is advertised are one setting: each means something only
// beside the others, and they come back together.
#include "link_mode.hpp"

#include <algorithm>
#include <optional>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>

#include <nanotune/numbers.hpp>

#include "fec.hpp"
#include "mode_words.hpp"
#include "permission.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view negotiated = "auto";

/// The kernel lists ports, pause frames and error correction among the modes too.
bool has_speed(std::string_view mode) {
    return leading_number<std::uint32_t>(mode).has_value() && mode.contains("base");
}

void sort_by_speed(std::vector<std::string>& modes) {
    std::ranges::sort(modes, {}, [](const std::string& mode) {
        return std::pair(leading_number<std::uint32_t>(mode).value_or(0), std::string_view(mode));
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
        const auto number = leading_number<std::uint32_t>(speed);
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
    return text_of_modes(words);
}

Status holds_link_mode(System& system, const Target& nic, const std::string& text) {
    const auto words = mode_words(text);
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
                           nic.name + " does not have " + word + "; it has " + text_of_modes(all));
        }
    }
    if (words.size() - 1 == all.size() && !all.empty()) {
        return failure(ErrorCode::unsupported, nic.name + " reads it as \"auto\": that is all");
    }
    return {};
}

Status write_link_mode(System& system, const Target& nic, const std::string& text) {
    const auto words = mode_words(text);
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
    auto words = mode_words(text);
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
    return text_of_modes(words);
}

std::span<const WordsRow> link_mode_rows() {
    return packed<rows>;
}

}  // namespace nanotune::nic
