// With a mask a bitset lists the bits that it speaks of, and marks those that are set; without one
// it lists the set ones alone.
#include "system/bitset_message.hpp"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

namespace nanotune {

Result<EthtoolBits> bits_in(const Attributes& message, std::uint16_t attribute) {
    NT_TRY(const Attributes bitset, message.nested(attribute));
    if (bitset.find(ETHTOOL_A_BITSET_VALUE)) {
        return failure(ErrorCode::invalid, "a bitset of the reply has no names");
    }
    const bool is_list = bitset.find(ETHTOOL_A_BITSET_NOMASK).has_value();
    NT_TRY(const Attributes bits, bitset.nested(ETHTOOL_A_BITSET_BITS));
    EthtoolBits found;
    for (const Attribute bit : bits) {
        NT_TRY(const Attributes about, Attributes::of(bit.payload()));
        const auto name = about.find(ETHTOOL_A_BITSET_BIT_NAME);
        if (!name) {
            return failure(ErrorCode::invalid, "a bit of the reply has no name");
        }
        // A feature that was given up leaves a bit without a name behind.
        if (const std::string_view text = name->text(); !text.empty()) {
            found.insert_or_assign(std::string(text),
                                   is_list || about.find(ETHTOOL_A_BITSET_BIT_VALUE).has_value());
        }
    }
    return found;
}

Result<EthtoolBits> ethtool_bits_of(Bytes body, std::uint16_t attribute) {
    NT_TRY(const Attributes message, Attributes::of(after_header(body, sizeof(genlmsghdr))));
    return bits_in(message, attribute);
}

void put_bits(GenericRequest& request, std::uint16_t attribute, const EthtoolBits& bits) {
    request.nest(attribute, [&] {
        request.nest(ETHTOOL_A_BITSET_BITS, [&] {
            for (const auto& bit : bits) {
                request.nest(ETHTOOL_A_BITSET_BITS_BIT, [&] {
                    request.put_text(ETHTOOL_A_BITSET_BIT_NAME, bit.first);
                    if (bit.second) {
                        request.put_flag(ETHTOOL_A_BITSET_BIT_VALUE);
                    }
                });
            }
        });
    });
}

}  // namespace nanotune
