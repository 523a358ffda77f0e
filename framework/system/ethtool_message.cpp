// Every ethtool message is a header nest and then attributes of its own; feature lists are bitsets
// whose bits are spelled by name.
#include "system/ethtool_message.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

namespace nanotune {

namespace {

// The header is attribute 1 of every message, under a name of its own in each.
constexpr std::uint16_t message_header = ETHTOOL_A_RINGS_HEADER;

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

Bytes attributes_in(Bytes body) {
    return after_header(body, sizeof(genlmsghdr));
}

/// Hands each bit of a bitset over: its name, and whether it is set. With NOMASK a bitset lists the
/// set ones alone.
template <typename Take>
Status for_each_bit(const Attributes& message, std::uint16_t type, Take take) {
    NT_TRY(const Attributes bitset, message.nested(type));
    if (bitset.find(ETHTOOL_A_BITSET_VALUE)) {
        return failure(ErrorCode::invalid, "a bitset of the reply has no names");
    }
    const bool is_list = bitset.find(ETHTOOL_A_BITSET_NOMASK).has_value();
    NT_TRY(const Attributes bits, bitset.nested(ETHTOOL_A_BITSET_BITS));
    for (const Attribute bit : bits) {
        NT_TRY(const Attributes about, Attributes::of(bit.payload()));
        const auto name = about.find(ETHTOOL_A_BITSET_BIT_NAME);
        if (!name) {
            return failure(ErrorCode::invalid, "a bit of the reply has no name");
        }
        // A feature that was given up leaves a bit without a name behind.
        if (const std::string_view text = name->text(); !text.empty()) {
            take(text, is_list || about.find(ETHTOOL_A_BITSET_BIT_VALUE).has_value());
        }
    }
    return {};
}

}  // namespace

std::string ethtool_operation(std::uint8_t command) {
    return command < operations.size() ? std::string(operations[command])
                                       : fmt::format("ETHTOOL_MSG {}", command);
}

Result<EthtoolNumbers> ethtool_numbers_of(Bytes body) {
    NT_TRY(const Attributes attributes, Attributes::of(attributes_in(body)));
    EthtoolNumbers numbers;
    for (const Attribute attribute : attributes) {
        const auto number = attribute.number();
        if (attribute.type() != message_header && !attribute.is_nested() && number) {
            numbers[attribute.type()] = {
                .number = *number, .width = static_cast<std::uint8_t>(attribute.payload().size())};
        }
    }
    return numbers;
}

Result<Features> features_of(Bytes body) {
    NT_TRY(const Attributes message, Attributes::of(attributes_in(body)));
    Features features;
    NT_CHECK(for_each_bit(message, ETHTOOL_A_FEATURES_HW, [&](std::string_view name, bool is_on) {
        features.try_emplace(std::string(name), Feature{.changeable = is_on});
    }));
    const auto mark = [&](std::uint16_t type, auto apply) {
        return for_each_bit(message, type, [&](std::string_view name, bool is_on) {
            if (const auto found = features.find(name); found != features.end()) {
                apply(found->second, is_on);
            }
        });
    };
    NT_CHECK(mark(ETHTOOL_A_FEATURES_WANTED, [](Feature& f, bool is_on) { f.wanted = is_on; }));
    NT_CHECK(mark(ETHTOOL_A_FEATURES_ACTIVE, [](Feature& f, bool is_on) { f.active = is_on; }));
    NT_CHECK(mark(ETHTOOL_A_FEATURES_NOCHANGE,
                  [](Feature& f, bool is_on) { f.changeable = f.changeable && !is_on; }));
    return features;
}

Result<std::vector<std::string>> untaken_features_of(Bytes body) {
    NT_TRY(const Attributes message, Attributes::of(attributes_in(body)));
    std::vector<std::string> names;
    NT_CHECK(
        for_each_bit(message, ETHTOOL_A_FEATURES_WANTED,
                     [&](std::string_view name, bool /*value*/) { names.emplace_back(name); }));
    std::ranges::sort(names);
    return names;
}

void put_ethtool_header(GenericRequest& request, const std::string& device) {
    request.nest(message_header, [&] { request.put_text(ETHTOOL_A_HEADER_DEV_NAME, device); });
}

void put_wanted_features(GenericRequest& request, const std::map<std::string, bool>& wanted) {
    const auto put_bit = [&](const std::string& name, bool is_on) {
        request.nest(ETHTOOL_A_BITSET_BITS_BIT, [&] {
            request.put_text(ETHTOOL_A_BITSET_BIT_NAME, name);
            if (is_on) {
                request.put_flag(ETHTOOL_A_BITSET_BIT_VALUE);
            }
        });
    };
    request.nest(ETHTOOL_A_FEATURES_WANTED, [&] {
        request.nest(ETHTOOL_A_BITSET_BITS, [&] {
            for (const auto& [name, is_on] : wanted) {
                put_bit(name, is_on);
            }
        });
    });
}

}  // namespace nanotune
