// Every ethtool message is a header nest and then attributes of its own; feature lists are bitsets
// whose bits are spelled by name.
#include "system/ethtool_message.hpp"

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

/// A bitset's bits by name: whether each is set. With NOMASK it lists the set ones alone.
Result<std::map<std::string, bool>> named_bits(const Attributes& message, std::uint16_t type) {
    NT_TRY(const Attributes bitset, message.nested(type));
    if (bitset.find(ETHTOOL_A_BITSET_VALUE)) {
        return failure(ErrorCode::invalid, "a bitset of the reply has no names");
    }
    const bool is_list = bitset.find(ETHTOOL_A_BITSET_NOMASK).has_value();
    NT_TRY(const Attributes bits, bitset.nested(ETHTOOL_A_BITSET_BITS));
    std::map<std::string, bool> named;
    for (const Attribute bit : bits) {
        NT_TRY(const Attributes about, Attributes::of(bit.payload()));
        const auto name = about.find(ETHTOOL_A_BITSET_BIT_NAME);
        if (!name) {
            return failure(ErrorCode::invalid, "a bit of the reply has no name");
        }
        // A feature that was given up leaves a bit without a name behind.
        if (!name->text().empty()) {
            named[std::string(name->text())] =
                is_list || about.find(ETHTOOL_A_BITSET_BIT_VALUE).has_value();
        }
    }
    return named;
}

bool is_set(const std::map<std::string, bool>& bits, const std::string& name) {
    const auto found = bits.find(name);
    return found != bits.end() && found->second;
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
    NT_TRY(const auto hardware, named_bits(message, ETHTOOL_A_FEATURES_HW));
    NT_TRY(const auto wanted, named_bits(message, ETHTOOL_A_FEATURES_WANTED));
    NT_TRY(const auto active, named_bits(message, ETHTOOL_A_FEATURES_ACTIVE));
    NT_TRY(const auto unchangeable, named_bits(message, ETHTOOL_A_FEATURES_NOCHANGE));
    Features features;
    for (const auto& [name, is_in_hardware] : hardware) {
        features[name] = {.changeable = is_in_hardware && !is_set(unchangeable, name),
                          .wanted = is_set(wanted, name),
                          .active = is_set(active, name)};
    }
    return features;
}

Result<std::vector<std::string>> untaken_features_of(Bytes body) {
    NT_TRY(const Attributes message, Attributes::of(attributes_in(body)));
    NT_TRY(const auto difference, named_bits(message, ETHTOOL_A_FEATURES_WANTED));
    std::vector<std::string> names;
    names.reserve(difference.size());
    for (const auto& [name, value] : difference) {
        names.push_back(name);
    }
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
