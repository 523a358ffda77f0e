#include "route_facts.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "attributes.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::size_t datagram_limit = 64 << 10;

Result<Descriptor> route_socket(std::uint32_t groups) {
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (!socket.is_open() ||
        ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return kernel_failure("open a route socket", errno);
    }
    return socket;
}

Address address_of(std::span<const std::uint8_t> bytes) {
    Address address{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), address.size()), address.begin());
    return address;
}

std::uint32_t number_of(std::span<const std::uint8_t> bytes) {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
    return number;
}

void take_route(const nlmsghdr& header, const std::uint8_t* body, unsigned device,
                RouteFacts& facts) {
    rtmsg message{};
    std::memcpy(&message, body, sizeof message);
    const auto parts = attributes_of<RTA_MAX + 1>(
        body + NLMSG_ALIGN(sizeof message), NLMSG_PAYLOAD(&header, NLMSG_ALIGN(sizeof message)));
    const bool leads_nowhere = message.rtm_type == RTN_BLACKHOLE ||
                               message.rtm_type == RTN_UNREACHABLE ||
                               message.rtm_type == RTN_PROHIBIT || message.rtm_type == RTN_THROW;
    if ((message.rtm_type != RTN_UNICAST && !leads_nowhere) || message.rtm_table != RT_TABLE_MAIN ||
        message.rtm_tos != 0) {
        return;
    }
    const RouteFact route{.destination = address_of(parts[RTA_DST]),
                          .length = message.rtm_dst_len,
                          .gateway = address_of(parts[RTA_GATEWAY]),
                          .has_gateway = !parts[RTA_GATEWAY].empty(),
                          .is_elsewhere = leads_nowhere || number_of(parts[RTA_OIF]) != device ||
                                          !parts[RTA_VIA].empty()};
    // What is of another link says nothing of this one, and what leads nowhere is of none: the
    // kernel, which is told the device, heeds neither.
    if (!(route.is_elsewhere && message.rtm_family == AF_INET6 &&
          is_of_one_link(route.destination.data()))) {
        facts.routes.push_back(route);
    }
}

void take_neighbour(const nlmsghdr& header, const std::uint8_t* body, unsigned device,
                    RouteFacts& facts) {
    ndmsg message{};
    std::memcpy(&message, body, sizeof message);
    const auto parts = attributes_of<NDA_MAX + 1>(
        body + NLMSG_ALIGN(sizeof message), NLMSG_PAYLOAD(&header, NLMSG_ALIGN(sizeof message)));
    constexpr unsigned known =
        NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
    if (static_cast<unsigned>(message.ndm_ifindex) != device || (message.ndm_state & known) == 0 ||
        parts[NDA_LLADDR].size() != std::tuple_size_v<LinkAddress>) {
        return;
    }
    NeighbourFact fact{.address = address_of(parts[NDA_DST])};
    std::ranges::copy(parts[NDA_LLADDR], fact.link.begin());
    facts.neighbours.push_back(fact);
}

/// Sends a dump's request and gives each message of the answer to `take`.
template <typename Body, typename Take>
Status dump(const Descriptor& socket, std::uint16_t type, std::uint8_t family, const char* name,
            Take take) {
    struct {
        nlmsghdr header;
        Body body;
    } request{};
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof(Body));
    request.header.nlmsg_type = type;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    std::memcpy(&request.body, &family, 1);  // it comes first in each
    if (::send(socket.number(), &request, request.header.nlmsg_len, 0) < 0) {
        return kernel_failure(name, errno);
    }
    std::vector<std::uint8_t> datagram(datagram_limit);
    for (;;) {
        const ssize_t size = ::recv(socket.number(), datagram.data(), datagram.size(), 0);
        if (size < 0) {
            return kernel_failure(name, errno);
        }
        std::size_t at = 0;
        const auto end = static_cast<std::size_t>(size);
        while (at + sizeof(nlmsghdr) <= end) {
            nlmsghdr header{};
            std::memcpy(&header, datagram.data() + at, sizeof header);
            if (header.nlmsg_len < sizeof header || at + header.nlmsg_len > end) {
                return failure(ErrorCode::damaged, std::string(name) + ": a message is cut off");
            }
            if (header.nlmsg_type == NLMSG_DONE) {
                return {};
            }
            if (header.nlmsg_type == NLMSG_ERROR) {
                int error = 0;
                std::memcpy(&error, datagram.data() + at + sizeof header, sizeof error);
                return kernel_failure(name, -error);
            }
            if (header.nlmsg_len >= NLMSG_LENGTH(sizeof(Body))) {
                take(header, datagram.data() + at + NLMSG_HDRLEN);
            }
            at += NLMSG_ALIGN(header.nlmsg_len);
        }
    }
}

}  // namespace

Result<RouteFacts> route_facts(unsigned device, bool is_ipv6) {
    NT_TRY(const Descriptor socket, route_socket(0));
    const std::uint8_t family = is_ipv6 ? AF_INET6 : AF_INET;
    RouteFacts facts;
    NT_CHECK(dump<rtmsg>(socket, RTM_GETROUTE, family, "ask for routes",
                         [&](const nlmsghdr& header, const std::uint8_t* body) {
                             take_route(header, body, device, facts);
                         }));
    NT_CHECK(dump<ndmsg>(socket, RTM_GETNEIGH, family, "ask for neighbours",
                         [&](const nlmsghdr& header, const std::uint8_t* body) {
                             take_neighbour(header, body, device, facts);
                         }));
    std::ranges::stable_sort(facts.routes, std::ranges::greater(), &RouteFact::length);
    std::ranges::sort(facts.neighbours);
    return facts;
}

Result<Descriptor> route_changes(bool is_ipv6) {
    return route_socket(RTMGRP_NEIGH | (is_ipv6 ? RTMGRP_IPV6_ROUTE : RTMGRP_IPV4_ROUTE));
}

}  // namespace nanotune::datapath
