#include "device_presence.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "attributes.hpp"
#include "device.hpp"

namespace nanotune::datapath {

namespace {

struct Question {
    nlmsghdr header;
    ifinfomsg link;
    rtattr name_head;  // with what follows, where the device is asked for by its name
    std::array<char, IFNAMSIZ> name;
};
static_assert(sizeof(Question) == NLMSG_LENGTH(sizeof(ifinfomsg)) + RTA_LENGTH(IFNAMSIZ));

std::string text_in(std::span<const std::uint8_t> attribute) {
    std::string text(attribute.begin(), attribute.end());
    return text.substr(0, text.find('\0'));
}

/// What the kernel tells of addresses that come and go.
Result<Descriptor> address_changes(bool is_ipv6) {
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = is_ipv6 ? RTMGRP_IPV6_IFADDR : RTMGRP_IPV4_IFADDR;
    if (!socket.is_open() ||
        ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return kernel_failure("listen to changes of addresses", errno);
    }
    return socket;
}

/// Since the last time; where the kernel had no room to say what, or nobody listens, too.
bool have_changed(const Descriptor& addresses) {
    if (!addresses.is_open()) {
        return true;
    }
    std::array<std::uint8_t, 2048> ignored;
    bool have_some = false;
    while (::recv(addresses.number(), ignored.data(), ignored.size(), 0) > 0 || errno == ENOBUFS) {
        have_some = true;
    }
    return have_some;
}

}  // namespace

Result<DevicePresence> DevicePresence::open(const std::string& device, bool is_ipv6,
                                            bool answers_from_it) {
    const unsigned index = ::if_nametoindex(device.c_str());
    if (index == 0) {
        return kernel_failure("look for " + device, errno);
    }
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.is_open()) {
        return kernel_failure("make a netlink socket", errno);
    }
    DevicePresence presence(std::move(socket), device, index);
    presence.is_ipv6_ = is_ipv6;
    presence.link_address_ = presence.seen().link_address;
    if (answers_from_it) {
        if (auto changes = address_changes(is_ipv6)) {  // first, so that none falls between
            presence.changes_ = *std::move(changes);
        }
        if (const auto own = own_address(device, is_ipv6)) {
            presence.own_address_ = *own;
        }
    }
    return presence;
}

DevicePresence::Sight DevicePresence::seen() const {
    return seen(index_, {});
}

/// By its number or, where that is 0, by its name.
DevicePresence::Sight DevicePresence::seen(unsigned index, std::string_view name) const {
    Question question{};
    const std::size_t size = name.empty() ? NLMSG_LENGTH(sizeof(ifinfomsg)) : sizeof question;
    question.header = {.nlmsg_len = static_cast<std::uint32_t>(size),
                       .nlmsg_type = RTM_GETLINK,
                       .nlmsg_flags = NLM_F_REQUEST,
                       .nlmsg_seq = 0,
                       .nlmsg_pid = 0};
    question.link.ifi_index = static_cast<int>(index);
    question.name_head = {.rta_len = RTA_LENGTH(IFNAMSIZ), .rta_type = IFLA_IFNAME};
    name.copy(question.name.data(), question.name.size() - 1);
    if (::send(socket_.number(), &question, size, 0) < 0) {
        return {};  // nobody said that it is gone
    }
    // The kernel answers within the call. What it says of a device may be long; the rest is not
    // needed.
    std::array<std::uint8_t, 2048> answer{};
    const ssize_t got = ::recv(socket_.number(), answer.data(), answer.size(), MSG_DONTWAIT);
    nlmsghdr header{};
    int error = 0;
    if (got < static_cast<ssize_t>(sizeof header + sizeof error)) {
        return {};
    }
    std::memcpy(&header, answer.data(), sizeof header);
    std::memcpy(&error, answer.data() + sizeof header, sizeof error);
    if (header.nlmsg_type == NLMSG_ERROR) {
        return {.is_gone = error == -ENODEV};
    }
    ifinfomsg link{};
    const std::size_t body = NLMSG_LENGTH(NLMSG_ALIGN(sizeof link));
    if (static_cast<std::size_t>(got) < body) {
        return {};
    }
    std::memcpy(&link, answer.data() + NLMSG_HDRLEN, sizeof link);
    // What was cut off is not there.
    const auto told =
        attributes_of<IFLA_IFNAME + 1>(answer.data() + body, static_cast<std::size_t>(got) - body);
    return {.index = static_cast<unsigned>(link.ifi_index),
            .name = text_in(told[IFLA_IFNAME]),
            .link_address = fmt::format("{:02x}", fmt::join(told[IFLA_ADDRESS], ":"))};
}

/// A new name is nothing to it, unless another device has the old one, which was meant.
Status DevicePresence::has_own_name(const Sight& now) const {
    if (now.name.empty() || now.name == device_) {
        return {};
    }
    const Sight other = seen(0, device_);
    return other.index == 0 || other.index == index_
               ? Status()
               : failure(ErrorCode::conflict,
                         fmt::format("{}: another device is called so by now, and this one {}",
                                     device_, now.name));
}

void DevicePresence::forget_own_address() noexcept {
    own_address_.reset();
    changes_ = Descriptor();
}

/// On whatever device of this host, which may be called otherwise by now. Looked for only where
/// addresses have changed: to tell all of them costs the kernel a lock that it has for all devices.
/// Gone is what two looks in turn do not find: one may miss some of many that change meanwhile.
Status DevicePresence::has_own_address() const {
    if (!own_address_) {
        return {};
    }
    is_address_unsure_ = have_changed(changes_) || is_address_unsure_;
    if (!is_address_unsure_) {
        return {};
    }
    const auto has = is_this_hosts(*own_address_, is_ipv6_, device_);
    const bool is_missed = !has.value_or(true);
    const bool was_missed = std::exchange(is_address_missed_, is_missed);
    is_address_unsure_ = !has || is_missed;
    return !is_missed || !was_missed
               ? Status()
               : failure(ErrorCode::conflict,
                         device_ + ": the address that orders came from has gone");
}

Status DevicePresence::stands(bool past_the_kernel) const {
    const Sight now = seen();
    if (now.is_gone) {
        return failure(ErrorCode::not_found, device_ + ": the device has gone");
    }
    NT_CHECK(has_own_name(now));
    const bool is_same =
        now.link_address == link_address_ || now.link_address.empty() || link_address_.empty();
    if (!past_the_kernel) {
        return {};
    }
    return is_same ? has_own_address()
                   : failure(ErrorCode::conflict,
                             fmt::format("{}: its link address is {} now, and was {}", device_,
                                         now.link_address, link_address_));
}

bool is_up(const std::string& device) {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    if (!socket.is_open() || device.size() >= sizeof request.ifr_name) {
        return false;
    }
    std::ranges::copy(device, request.ifr_name);
    return ::ioctl(socket.number(), SIOCGIFFLAGS, &request) == 0 &&
           (request.ifr_flags & IFF_UP) != 0;
}

}  // namespace nanotune::datapath
