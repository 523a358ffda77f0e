// TuneD's [net]: of each device lists of ethtool's words.
#include <algorithm>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

/// Words of ethtool's that are called otherwise here.
struct Renamed {
    std::string_view option;
    std::string_view word;
    std::string_view key;
};

constexpr Renamed renamed[] = {
    {"coalesce", "rx-frames", "rx_max_frames"},
    {"coalesce", "tx-frames", "tx_max_frames"},
    {"coalesce", "rx-frames-irq", "rx_max_frames_irq"},
    {"coalesce", "tx-frames-irq", "tx_max_frames_irq"},
    {"coalesce", "rx-frame-low", "rx_max_frames_low"},
    {"coalesce", "tx-frame-low", "tx_max_frames_low"},
    {"coalesce", "rx-frame-high", "rx_max_frames_high"},
    {"coalesce", "tx-frame-high", "tx_max_frames_high"},
    {"coalesce", "stats-block-usecs", "stats_block_usecs"},
};

std::string key_of(const TunedOption& option, std::string_view word) {
    const auto* const found = std::ranges::find_if(
        renamed, [&](const Renamed& one) { return one.option == option.name && one.word == word; });
    std::string key(found == std::end(renamed) ? word : found->key);
    if (option.name != "features") {
        std::ranges::replace(key, '-', '_');
    }
    return fmt::format("{}.{}", option.name, key);
}

/// TuneD takes "a 1 b 2", "a=1,b=2" and "a:1".
std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words;
    constexpr std::string_view between = " \t,;:=";
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(between), text.size()));
        if (text.empty()) {
            return words;
        }
        words.emplace_back(text.substr(0, text.find_first_of(between)));
        text.remove_prefix(words.back().size());
    }
}

bool is_list(std::string_view name) {
    return name == "features" || name == "coalesce" || name == "pause" || name == "ring" ||
           name == "channels";
}

/// The sections that the unit's devices are here; empty where they cannot be said so.
std::vector<std::string> sections_of(const TunedUnit& unit) {
    std::vector<std::string> sections;
    if (!unit.devices_udev_regex.empty() || unit.devices.contains('!')) {
        return sections;
    }
    for (const std::string& device : words_in(unit.devices)) {
        sections.push_back(fmt::format("nic.{}", toml_text(device)));
    }
    return sections;
}

void import_list(const TunedWork& work, const TunedOption& option, const std::string& section) {
    const auto words = words_in(option.value);
    for (std::size_t i = 0; i < words.size(); i += 2) {
        TunedOption one = option;
        one.value = words[i];
        if (i + 1 == words.size()) {
            work.leave(one, "it has no value");
            continue;
        }
        const std::string& value = words[i + 1];
        one.value = fmt::format("{} {}", words[i], value);
        const bool is_switch = value == "on" || value == "off";
        const std::string_view flag = value == "on" ? "true" : "false";
        work.carry(one, section, key_of(option, words[i]), is_switch ? flag : value);
    }
}

}  // namespace

void import_net(const TunedWork& work) {
    const auto sections = sections_of(work.unit);
    for (const TunedOption& option : work.unit.options) {
        if (const std::string unknown = unexpanded_in(option.value); !unknown.empty()) {
            work.leave(option, unknown);
        } else if (sections.empty()) {
            work.leave(option,
                       "its devices are said by what they are not, or by udev: name them "
                       "in a section [nic.NAME]");
        } else if (option.name == "nf_conntrack_hashsize") {
            work.leave(option, "a parameter of the module nf_conntrack: /etc/modprobe.d has those");
        } else if (option.name == "wake_on_lan") {
            work.leave(option, "no setting here wakes a host");
        } else {
            for (const std::string& section : sections) {
                if (is_list(option.name)) {
                    import_list(work, option, section);
                } else {
                    work.carry(option, section, option.name, option.value);
                }
            }
        }
    }
}

}  // namespace nanotune::cli
