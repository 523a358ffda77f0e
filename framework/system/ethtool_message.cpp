// Every ethtool message is a header nest and then attributes of its own.
#include "system/ethtool_message.hpp"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

namespace nanotune {

namespace {

// The header is attribute 1 of every message, under a name of its own in each.
constexpr std::uint16_t message_header = ETHTOOL_A_RINGS_HEADER;

}  // namespace

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
