#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

#include "model/ini_text.hpp"
#include "systemd_import.hpp"

namespace nanotune::cli {

namespace {

constexpr IniDialect link_dialect = {.backslash_continues = true, .tells_others = true};

enum class LinkKind { number, bytes, time, flag };

struct LinkKey {
    std::string_view key;
    std::string_view setting;
    LinkKind kind = LinkKind::number;
};

// Of systemd.link(5), version 252 and later.
constexpr LinkKey link_keys[] = {
    {"MTUBytes", "mtu", LinkKind::bytes},
    {"TransmitQueueLength", "txqueuelen"},
    {"RxBufferSize", "ring.rx"},
    {"RxMiniBufferSize", "ring.rx_mini"},
    {"RxJumboBufferSize", "ring.rx_jumbo"},
    {"TxBufferSize", "ring.tx"},
    {"RxChannels", "channels.rx"},
    {"TxChannels", "channels.tx"},
    {"OtherChannels", "channels.other"},
    {"CombinedChannels", "channels.combined"},
    {"RxFlowControl", "pause.rx", LinkKind::flag},
    {"TxFlowControl", "pause.tx", LinkKind::flag},
    {"AutoNegotiationFlowControl", "pause.autoneg", LinkKind::flag},
    {"GenericSegmentOffloadMaxBytes", "gso_max_size", LinkKind::bytes},
    {"GenericSegmentOffloadMaxSegments", "gso_max_segs"},
    {"UseAdaptiveRxCoalesce", "coalesce.adaptive_rx", LinkKind::flag},
    {"UseAdaptiveTxCoalesce", "coalesce.adaptive_tx", LinkKind::flag},
    {"RxCoalesceSec", "coalesce.rx_usecs", LinkKind::time},
    {"RxCoalesceIrqSec", "coalesce.rx_usecs_irq", LinkKind::time},
    {"RxCoalesceLowSec", "coalesce.rx_usecs_low", LinkKind::time},
    {"RxCoalesceHighSec", "coalesce.rx_usecs_high", LinkKind::time},
    {"TxCoalesceSec", "coalesce.tx_usecs", LinkKind::time},
    {"TxCoalesceIrqSec", "coalesce.tx_usecs_irq", LinkKind::time},
    {"TxCoalesceLowSec", "coalesce.tx_usecs_low", LinkKind::time},
    {"TxCoalesceHighSec", "coalesce.tx_usecs_high", LinkKind::time},
    {"RxMaxCoalescedFrames", "coalesce.rx_max_frames"},
    {"RxMaxCoalescedIrqFrames", "coalesce.rx_max_frames_irq"},
    {"RxMaxCoalescedLowFrames", "coalesce.rx_max_frames_low"},
    {"RxMaxCoalescedHighFrames", "coalesce.rx_max_frames_high"},
    {"TxMaxCoalescedFrames", "coalesce.tx_max_frames"},
    {"TxMaxCoalescedIrqFrames", "coalesce.tx_max_frames_irq"},
    {"TxMaxCoalescedLowFrames", "coalesce.tx_max_frames_low"},
    {"TxMaxCoalescedHighFrames", "coalesce.tx_max_frames_high"},
    {"CoalescePacketRateLow", "coalesce.pkt_rate_low"},
    {"CoalescePacketRateHigh", "coalesce.pkt_rate_high"},
    {"StatisticsBlockCoalesceSec", "coalesce.stats_block_usecs", LinkKind::time},
    {"ReceiveChecksumOffload", "features.rx", LinkKind::flag},
    {"TransmitChecksumOffload", "features.tx", LinkKind::flag},
    {"TCPSegmentationOffload", "features.tx-tcp-segmentation", LinkKind::flag},
    {"TCP6SegmentationOffload", "features.tx-tcp6-segmentation", LinkKind::flag},
    {"GenericSegmentationOffload", "features.gso", LinkKind::flag},
    {"GenericReceiveOffload", "features.gro", LinkKind::flag},
    {"GenericReceiveOffloadHardware", "features.rx-gro-hw", LinkKind::flag},
    {"LargeReceiveOffload", "features.lro", LinkKind::flag},
    {"ReceiveVLANCTAGHardwareAcceleration", "features.rxvlan", LinkKind::flag},
    {"TransmitVLANCTAGHardwareAcceleration", "features.txvlan", LinkKind::flag},
    {"ReceiveVLANCTAGFilter", "features.rx-vlan-filter", LinkKind::flag},
    {"TransmitVLANSTAGHardwareAcceleration", "features.tx-vlan-stag-hw-insert", LinkKind::flag},
    {"NTupleFilter", "features.ntuple", LinkKind::flag},
};

// What nic.link.mode is made of, as one value.
constexpr std::string_view mode_keys[] = {"BitsPerSecond", "Duplex", "AutoNegotiation",
                                          "Advertise"};

// Of [Match], by the keys of `match` here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> match_keys = {
    {{"OriginalName", "name"},
     {"PermanentMACAddress", "mac"},
     {"MACAddress", "mac"},
     {"Driver", "driver"}}};

/// Bytes with a suffix to the base of 1024.
std::optional<std::string> bytes_of(std::string_view text) {
    constexpr std::string_view suffixes = "BKMGTPE";
    constexpr std::size_t none = std::string_view::npos;
    const std::size_t suffix = text.empty() ? none : suffixes.find(text.back());
    text.remove_suffix(suffix == none ? 0 : 1);
    const std::size_t shift = suffix == none ? 0 : 10 * suffix;
    const auto number = whole_number<std::uint64_t>(text);
    return number && *number <= UINT64_MAX >> shift
               ? std::optional(fmt::format("{}", *number << shift))
               : std::nullopt;
}

/// systemd.time(7): seconds where there is no unit.
std::string time_of(std::string_view text) {
    const bool has_unit = text.find_first_not_of("0123456789") != std::string_view::npos;
    return fmt::format("{}{}", text, has_unit ? "" : "s");
}

std::optional<std::string> flag_of(std::string_view written) {
    std::string text(written);
    std::ranges::transform(text, text.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    for (const std::string_view yes : {"1", "yes", "y", "true", "t", "on"}) {
        if (text == yes) {
            return "true";
        }
    }
    for (const std::string_view no : {"0", "no", "n", "false", "f", "off"}) {
        if (text == no) {
            return "false";
        }
    }
    return std::nullopt;
}

std::optional<std::string> value_of(LinkKind kind, std::string_view text) {
    switch (kind) {
        case LinkKind::bytes:
            return bytes_of(text);
        case LinkKind::time:
            return time_of(text);
        case LinkKind::flag:
            return flag_of(text);
        case LinkKind::number:
            break;
    }
    return std::string(text);
}

/// Which devices the file is for.
struct Match {
    std::map<std::string, std::string> keys;
    std::string unsayable;  ///< why a section cannot say it; "" where one can
    std::string origin;
};

Match match_of(const std::string& file, const std::vector<IniLine>& lines) {
    Match match;
    for (const IniLine& line : lines) {
        if (line.section != "Match" || line.key.empty()) {
            continue;
        }
        match.origin = fmt::format("{}:{}: {}={}", file, line.line, line.key, line.value);
        const auto* const found = std::ranges::find(match_keys, std::string_view(line.key),
                                                    &decltype(match_keys)::value_type::first);
        if (found == match_keys.end()) {
            match.unsayable = fmt::format("sections select no devices by {}=", line.key);
        } else if (line.value.contains(' ') || line.value.starts_with('!')) {
            match.unsayable = fmt::format(
                "{}= is a list, or what is not meant: one file for each "
                "of its words can be imported",
                line.key);
        } else if (line.value.empty()) {
            match.keys.erase(std::string(found->second));  // what was listed before counts no more
        } else if (const auto [there, is_new] =
                       match.keys.emplace(std::string(found->second), line.value);
                   !is_new && there->second != line.value) {
            match.unsayable =
                fmt::format("{}={} comes on top of {}: a section selects by one of them", line.key,
                            line.value, there->second);
        }
    }
    if (match.keys.empty() && match.unsayable.empty()) {
        match.unsayable = "it says nothing of which devices it is for";
    }
    return match;
}

/// The section that means the file's devices, and why.
struct LinkSection {
    std::string name;
    std::string note;
    bool selects_by_match = false;
};

/// Once the file has given its device a name, that is the one to know it by.
LinkSection section_of(const Match& match, const std::vector<IniLine>& lines,
                       const std::string& label) {
    const std::string given = value_in(lines, "Link", "Name");
    if (!given.empty()) {
        return {.name = fmt::format("nic.{}", toml_text(given)),
                .note = "by the name that the file gives it"};
    }
    if (match.unsayable.empty() && match.keys.size() == 1 && match.keys.contains("name")) {
        return {.name = fmt::format("nic.{}", toml_text(match.keys.at("name"))),
                .note =
                    "OriginalName is the kernel's name of it, and this the one that it has "
                    "now"};
    }
    return {.name = fmt::format("nic.{}", toml_text(label)), .note = {}, .selects_by_match = true};
}

void carry_match(const Match& match, const LinkSection& section, Import& import) {
    std::string keys;
    for (const auto& [key, value] : match.keys) {
        keys += fmt::format("{}{} = {}", keys.empty() ? "" : ", ", key, toml_text(value));
    }
    import.carry({.section = section.name,
                  .key = "match",
                  .spellings = {fmt::format("{{ {} }}", keys)},
                  .origin = match.origin,
                  .note = {}});
}

/// Why no setting here is what the line says.
std::string without_setting(const IniLine& line) {
    if (line.section == "Link" &&
        std::ranges::find(mode_keys, std::string_view(line.key)) != std::end(mode_keys)) {
        return "to be written by hand: nic.link.mode does it, with \"auto\" or a forced mode such "
               "as \"1000/full\"";
    }
    if (line.section == "Link" && line.key == "Name") {
        return "a profile renames no device: the file goes on doing so";
    }
    return "no setting here does it";
}

void import_line(const IniLine& line, const std::string& origin, const LinkSection& section,
                 Import& import) {
    const auto* const found =
        std::ranges::find(link_keys, std::string_view(line.key), &LinkKey::key);
    if (line.section != "Link" || found == std::end(link_keys)) {
        import.leave(origin, without_setting(line));
        return;
    }
    const auto value = value_of(found->kind, line.value);
    if (!value || *value == "max") {
        import.leave(origin, value ? "only the device knows its most: nanotune capture shows it"
                                   : "its value is not understood here");
        return;
    }
    import.carry(
        {.section = section.name,
         .key = std::string(found->setting),
         .spellings = {fmt::format("{{ value = {}, optional = true }}", toml_text(*value))},
         .origin = origin,
         .note = section.note});
}

}  // namespace

Result<Import> link_import(const std::string& file, std::string_view text,
                           const std::string& label) {
    Import import(file, "As " + file);
    const auto lines = ini_lines(text, link_dialect);
    if (std::ranges::none_of(lines, [](const IniLine& line) {
            return line.section == "Match" || line.section == "Link";
        })) {
        return failure(ErrorCode::invalid,
                       fmt::format("{} has neither [Match] nor [Link]: is it a .link file?", file));
    }
    const Match match = match_of(file, lines);
    const LinkSection section = section_of(match, lines, label);
    const bool is_said = !section.selects_by_match || match.unsayable.empty();
    if (section.selects_by_match && is_said) {
        carry_match(match, section, import);
    }
    for (const IniLine& line : lines) {
        if (line.key.empty() && !line.value.empty()) {
            import.leave(fmt::format("{}:{}: {}", file, line.line, line.value),
                         "it is no KEY=VALUE");
        } else if (line.section != "Match" && !line.key.empty()) {
            const std::string origin =
                fmt::format("{}:{}: {}={}", file, line.line, line.key, line.value);
            if (is_said) {
                import_line(line, origin, section, import);
            } else {
                import.leave(origin, match.unsayable);
            }
        }
    }
    return import;
}

}  // namespace nanotune::cli
