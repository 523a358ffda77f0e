// Every ethtool message is a header nest and then attributes of its own.
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

}  // namespace

std::string ethtool_operation(std::uint8_t command) {
    return command < operations.size() ? std::string(operations[command])
                                       : fmt::format("ETHTOOL_MSG {}", command);
}

Result<EthtoolNumbers> ethtool_numbers_of(Bytes body) {
    NT_TRY(const Attributes attributes, Attributes::of(after_header(body, sizeof(genlmsghdr))));
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

void put_ethtool_header(GenericRequest& request, const std::string& device, std::uint32_t flags) {
    request.nest(message_header, [&] {
        request.put_text(ETHTOOL_A_HEADER_DEV_NAME, device);
        if (flags != 0) {
            request.put_number(ETHTOOL_A_HEADER_FLAGS, flags, sizeof flags);
        }
    });
}

}  // namespace nanotune
