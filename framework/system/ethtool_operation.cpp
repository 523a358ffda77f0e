#include "system/ethtool_operation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <linux/ethtool_netlink.h>

namespace nanotune {
namespace {

// ETHTOOL_MSG_* in the kernel's order; those after PSE_SET are newer than the oldest headers that
// we build with.
constexpr std::array<std::string_view, 49> operations{"NONE",
                                                      "STRSET_GET",
                                                      "LINKINFO_GET",
                                                      "LINKINFO_SET",
                                                      "LINKMODES_GET",
                                                      "LINKMODES_SET",
                                                      "LINKSTATE_GET",
                                                      "DEBUG_GET",
                                                      "DEBUG_SET",
                                                      "WOL_GET",
                                                      "WOL_SET",
                                                      "FEATURES_GET",
                                                      "FEATURES_SET",
                                                      "PRIVFLAGS_GET",
                                                      "PRIVFLAGS_SET",
                                                      "RINGS_GET",
                                                      "RINGS_SET",
                                                      "CHANNELS_GET",
                                                      "CHANNELS_SET",
                                                      "COALESCE_GET",
                                                      "COALESCE_SET",
                                                      "PAUSE_GET",
                                                      "PAUSE_SET",
                                                      "EEE_GET",
                                                      "EEE_SET",
                                                      "TSINFO_GET",
                                                      "CABLE_TEST_ACT",
                                                      "CABLE_TEST_TDR_ACT",
                                                      "TUNNEL_INFO_GET",
                                                      "FEC_GET",
                                                      "FEC_SET",
                                                      "MODULE_EEPROM_GET",
                                                      "STATS_GET",
                                                      "PHC_VCLOCKS_GET",
                                                      "MODULE_GET",
                                                      "MODULE_SET",
                                                      "PSE_GET",
                                                      "PSE_SET",
                                                      "RSS_GET",
                                                      "PLCA_GET_CFG",
                                                      "PLCA_SET_CFG",
                                                      "PLCA_GET_STATUS",
                                                      "MM_GET",
                                                      "MM_SET",
                                                      "MODULE_FW_FLASH_ACT",
                                                      "PHY_GET",
                                                      "TSCONFIG_GET",
                                                      "TSCONFIG_SET",
                                                      "RSS_SET"};
static_assert(operations[ETHTOOL_MSG_FEATURES_SET] == "FEATURES_SET");
static_assert(operations[ETHTOOL_MSG_PSE_SET] == "PSE_SET");

/// By how the kernel's name begins.
constexpr std::pair<std::string_view, std::string_view> subjects[] = {
    {"LINKINFO", "link settings"},   {"LINKMODES", "link modes"},
    {"LINKSTATE", "link state"},     {"FEATURES", "features"},
    {"PRIVFLAGS", "private flags"},  {"RINGS", "rings"},
    {"CHANNELS", "channels"},        {"COALESCE", "coalescing"},
    {"PAUSE", "pause frames"},       {"EEE", "Energy-Efficient Ethernet"},
    {"TSINFO", "time stamping"},     {"FEC", "error correction"},
    {"RSS", "receive-side scaling"},
};

std::string_view subject_of(std::string_view name) {
    const auto* const found = std::ranges::find_if(
        subjects, [name](const auto& subject) { return name.starts_with(subject.first); });
    return found == std::end(subjects) ? std::string_view() : found->second;
}

}  // namespace

std::string ethtool_operation(std::uint8_t command, std::string_view asked) {
    const std::string name = command < operations.size() ? std::string(operations[command])
                                                         : fmt::format("ETHTOOL_MSG {}", command);
    const std::string_view subject = subject_of(name);
    std::string operation(subject.empty() ? name : subject);
    if (!asked.empty()) {
        operation.append(1, ' ').append(asked);
    }
    if (!subject.empty()) {
        operation.append(" (").append(name).append(1, ')');
    }
    return operation;
}

}  // namespace nanotune
