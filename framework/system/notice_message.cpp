// Notices out of datagrams. Nothing that arrives is trusted.
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "system/answer.hpp"
#include "system/link_message.hpp"
#include "system/notices.hpp"
#include "system/process_events.hpp"

namespace nanotune {

namespace {

Bytes bytes_of(std::string_view datagram) {
    return std::as_bytes(std::span(datagram.data(), datagram.size()));
}

/// One notice for each message that `read` makes one of.
template <typename Read>
std::vector<Notice> notices_of(std::string_view datagram, Read read) {
    const auto messages = messages_of(bytes_of(datagram));
    std::vector<Notice> notices;
    if (!messages) {
        notices.emplace_back();
        return notices;
    }
    for (const Message& message : *messages) {
        if (auto notice = read(message)) {
            notices.push_back(*std::move(notice));
        }
    }
    return notices;
}

/// A device that leaves for another network namespace is gone here, too, with the word where it
/// goes.
DeviceIdentity removed_in(const Message& message, const Attributes& attributes) {
    if (message.type != RTM_DELLINK || attributes.find(IFLA_NEW_NETNSID)) {
        return {};
    }
    auto link = link_of(message.body);
    return link ? DeviceIdentity{.name = std::move(link->name),
                                 .index = link->index,
                                 .kind = std::move(link->kind),
                                 .address = std::move(link->mac),
                                 .is_burnt_in = link->is_mac_burnt_in,
                                 .lower = link->lower}
                : DeviceIdentity();
}

std::optional<Notice> link_notice(const Message& message) {
    if (message.type != RTM_NEWLINK && message.type != RTM_DELLINK) {
        return std::nullopt;
    }
    const auto head = header_of<ifinfomsg>(message.body);
    const auto attributes = Attributes::of(after_header(message.body, sizeof(ifinfomsg)));
    const auto name = attributes ? attributes->find(IFLA_IFNAME) : std::nullopt;
    if (!head || !name) {
        return Notice();
    }
    if (head->ifi_family != AF_UNSPEC) {  // a bridge's port, which is told by itself
        return std::nullopt;
    }
    return Notice{.kind = Notice::Kind::link,
                  .device = std::string(name->text()),
                  .number = static_cast<std::uint32_t>(head->ifi_index),
                  .is_gone = message.type == RTM_DELLINK,
                  .is_up = (head->ifi_flags & IFF_UP) != 0,
                  .removed = removed_in(message, *attributes)};
}

std::optional<Notice> ethtool_notice(const Message& message) {
    constexpr std::uint16_t header = 1;  // ETHTOOL_A_*_HEADER of every command
    const auto attributes = Attributes::of(after_header(message.body, sizeof(genlmsghdr)));
    const auto about = attributes ? attributes->nested(header)
                                  : Result<Attributes>(std::unexpected(attributes.error()));
    const auto name = about ? about->find(ETHTOOL_A_HEADER_DEV_NAME) : std::nullopt;
    return name ? Notice{.kind = Notice::Kind::ethtool, .device = std::string(name->text())}
                : Notice();
}

std::optional<Notice> process_notice(const Message& message) {
    const auto event = header_of<proc_event>(after_header(message.body, sizeof(cn_msg)));
    if (!event) {
        return Notice();
    }
    if (event->what == process_executes) {
        return Notice{.kind = Notice::Kind::started,
                      .process = event->event_data.exec.process_tgid};
    }
    if (event->what == process_is_named) {
        return Notice{.kind = Notice::Kind::started,
                      .process = event->event_data.comm.process_tgid};
    }
    return std::nullopt;
}

}  // namespace

std::vector<Notice> link_notices_of(std::string_view datagram) {
    return notices_of(datagram, link_notice);
}

std::vector<Notice> ethtool_notices_of(std::string_view datagram) {
    return notices_of(datagram, ethtool_notice);
}

std::vector<Notice> process_notices_of(std::string_view datagram) {
    return notices_of(datagram, process_notice);
}

}  // namespace nanotune
