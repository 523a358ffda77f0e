// What the kernel's messages on rtnetlink carry beside their heads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

namespace nanotune::datapath {

/// The attributes of a message by their type, as far as they are asked for, and as far as the
/// message is whole.
template <std::size_t count>
std::array<std::span<const std::uint8_t>, count> attributes_of(const std::uint8_t* at,
                                                               std::size_t left) {
    std::array<std::span<const std::uint8_t>, count> found{};
    while (left >= sizeof(rtattr)) {
        rtattr head{};
        std::memcpy(&head, at, sizeof head);
        if (head.rta_len < sizeof head || head.rta_len > left) {
            break;
        }
        const std::size_t type = head.rta_type & NLA_TYPE_MASK;
        if (type < count) {
            found[type] = {at + sizeof head, head.rta_len - sizeof head};
        }
        const std::size_t step = std::min<std::size_t>(RTA_ALIGN(head.rta_len), left);
        at += step;
        left -= step;
    }
    return found;
}

}  // namespace nanotune::datapath
