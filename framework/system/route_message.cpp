// Routes with one next hop name it in RTA_OIF, those with several in an array of struct rtnexthop.
#include "system/route_message.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

namespace nanotune {

namespace {

Result<std::vector<unsigned>> next_hops_of(Bytes hops) {
    std::vector<unsigned> devices;
    while (!hops.empty()) {
        const auto hop = header_of<rtnexthop>(hops);
        if (!hop || hop->rtnh_len < sizeof(rtnexthop) || hop->rtnh_len > hops.size()) {
            return failure(ErrorCode::invalid, "a next hop of the reply is cut short");
        }
        devices.push_back(static_cast<unsigned>(hop->rtnh_ifindex));
        hops = after_header(hops, hop->rtnh_len);
    }
    return devices;
}

template <typename Address>
std::optional<std::vector<std::byte>> parsed(int family, const std::string& text) {
    Address address{};
    if (inet_pton(family, text.c_str(), &address) != 1) {
        return std::nullopt;
    }
    const auto octets = std::as_bytes(std::span(&address, std::size_t{1}));
    return std::vector<std::byte>(octets.begin(), octets.end());
}

bool is_mapped(const std::vector<std::byte>& octets) {
    constexpr std::array<std::byte, 12> prefix{
        {{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xff}, std::byte{0xff}}};
    return std::equal(prefix.begin(), prefix.end(), octets.begin());
}

}  // namespace

Result<std::vector<unsigned>> default_route_of(Bytes body) {
    const auto route = header_of<rtmsg>(body);
    if (!route) {
        return failure(ErrorCode::invalid, "a route of the reply is cut short");
    }
    constexpr unsigned halves = 1;  // two routes of half of everything each, as VPNs lay them
    if (route->rtm_dst_len > halves || route->rtm_type != RTN_UNICAST ||
        (route->rtm_flags & RTM_F_CLONED) != 0) {
        return std::vector<unsigned>();
    }
    NT_TRY(const Attributes attributes, Attributes::of(after_header(body, sizeof(rtmsg))));
    if (attributes.number(RTA_TABLE, route->rtm_table) != RT_TABLE_MAIN) {
        return std::vector<unsigned>();
    }
    if (const auto hops = attributes.find(RTA_MULTIPATH)) {
        return next_hops_of(hops->payload());
    }
    const auto device = static_cast<unsigned>(attributes.number(RTA_OIF, 0));
    return device == 0 ? std::vector<unsigned>() : std::vector{device};
}

Result<LocalAddress> local_address_of(Bytes body) {
    const auto header = header_of<ifaddrmsg>(body);
    if (!header) {
        return failure(ErrorCode::invalid, "an address of the reply is cut short");
    }
    NT_TRY(const Attributes attributes, Attributes::of(after_header(body, sizeof(ifaddrmsg))));
    LocalAddress address{.octets = {}, .device = header->ifa_index};
    // On a point-to-point link IFA_ADDRESS is the other end's.
    auto octets = attributes.find(IFA_LOCAL);
    octets = octets ? octets : attributes.find(IFA_ADDRESS);
    if (octets) {
        address.octets.assign(octets->payload().begin(), octets->payload().end());
    }
    return address;
}

std::optional<std::vector<std::byte>> address_octets(const std::string& text) {
    const std::string bare = text.substr(0, text.find('%'));
    if (auto octets = parsed<in_addr>(AF_INET, bare)) {
        return octets;
    }
    auto octets = parsed<in6_addr>(AF_INET6, bare);
    if (octets && is_mapped(*octets)) {
        octets->erase(octets->begin(), octets->begin() + 12);
    }
    return octets;
}

}  // namespace nanotune
