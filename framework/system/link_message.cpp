// The attributes of a link are of many kinds, and some texts are four bytes long: numbers are those
// that we know to be numbers.
#include "system/link_message.hpp"

#include <algorithm>
#include <array>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

namespace nanotune {

namespace {

// Newer than the oldest headers that we build with.
constexpr std::uint16_t gso_ipv4_max_size = 63;  // IFLA_GSO_IPV4_MAX_SIZE
constexpr std::uint16_t gro_ipv4_max_size = 64;  // IFLA_GRO_IPV4_MAX_SIZE

using LinkAttributes = AttributesByType<gro_ipv4_max_size + 1>;

constexpr auto numeric = [] {
    std::array<std::uint16_t, 16> types{
        IFLA_MTU,           IFLA_TXQLEN,        IFLA_MIN_MTU,      IFLA_MAX_MTU,
        IFLA_NUM_TX_QUEUES, IFLA_NUM_RX_QUEUES, IFLA_GSO_MAX_SIZE, IFLA_GSO_MAX_SEGS,
        IFLA_GRO_MAX_SIZE,  IFLA_TSO_MAX_SIZE,  IFLA_TSO_MAX_SEGS, IFLA_PROMISCUITY,
        IFLA_ALLMULTI,      IFLA_GROUP,         gso_ipv4_max_size, gro_ipv4_max_size};
    std::ranges::sort(types);  // as the numbers of a link are
    return types;
}();

std::string mac_of(const LinkAttributes& link, std::uint16_t type) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto& address = link.find(type);
    const Bytes octets = address ? address->payload() : Bytes();
    if (octets.empty()) {
        return {};
    }
    std::string mac((3 * octets.size()) - 1, ':');
    for (std::size_t i = 0; i < octets.size(); ++i) {
        mac[3 * i] = digits[std::to_integer<unsigned>(octets[i] >> 4)];
        mac[(3 * i) + 1] = digits[std::to_integer<unsigned>(octets[i] & std::byte{0xf})];
    }
    return mac;
}

unsigned lower_of(const LinkAttributes& link) {
    // The number is one of another network namespace, where it means another device.
    if (link.find(IFLA_LINK_NETNSID)) {
        return 0;
    }
    return static_cast<unsigned>(link.number(IFLA_LINK, 0));
}

/// Whether the bond above uses the link, or would at once: the words of linux/if_bonding.h.
bool serves_bond(const Attributes& member) {
    constexpr std::uint64_t link_up = 0;  // BOND_LINK_UP
    constexpr std::uint64_t collecting_and_distributing =
        0x30;  // of LACP: what comes in is taken, what goes out is given to it
    const auto lacp = member.find(IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE);
    const std::uint64_t state = lacp ? lacp->number().value_or(0) : collecting_and_distributing;
    return member.number(IFLA_BOND_SLAVE_MII_STATUS, link_up) == link_up &&
           (state & collecting_and_distributing) == collecting_and_distributing;
}

std::vector<XdpProgram> programs_of(const Attributes& xdp) {
    using Mode = XdpProgram::Mode;
    constexpr std::pair<std::uint16_t, Mode> places[] = {{IFLA_XDP_SKB_PROG_ID, Mode::generic},
                                                         {IFLA_XDP_DRV_PROG_ID, Mode::native},
                                                         {IFLA_XDP_HW_PROG_ID, Mode::offloaded}};
    std::vector<XdpProgram> programs;
    for (const auto& [type, mode] : places) {
        if (const auto id = xdp.find(type)) {
            programs.push_back(
                {.mode = mode, .id = static_cast<unsigned>(id->number().value_or(0))});
        }
    }
    return programs;
}

}  // namespace

Result<Link> link_of(Bytes body) {
    const auto header = header_of<ifinfomsg>(body);
    if (!header) {
        return failure(ErrorCode::invalid, "a link of the reply is cut short");
    }
    NT_TRY(const Attributes all, Attributes::of(after_header(body, sizeof(ifinfomsg))));
    const LinkAttributes attributes(all);
    Link link;
    link.index = static_cast<unsigned>(header->ifi_index);
    if (const auto name = attributes.find(IFLA_IFNAME)) {
        link.name = name->text();
    }
    NT_TRY(const Attributes properties, attributes.nested(IFLA_PROP_LIST));
    for (const Attribute property : properties) {
        if (property.type() == IFLA_ALT_IFNAME) {
            link.altnames.emplace_back(property.text());
        }
    }
    NT_TRY(const Attributes about, attributes.nested(IFLA_LINKINFO));
    if (const auto kind = about.find(IFLA_INFO_KIND)) {
        link.kind = kind->text();
    }
    link.mac = mac_of(attributes, IFLA_PERM_ADDRESS);
    link.is_mac_burnt_in = !link.mac.empty();
    if (!link.is_mac_burnt_in) {
        link.mac = mac_of(attributes, IFLA_ADDRESS);
    }
    link.master = static_cast<unsigned>(attributes.number(IFLA_MASTER, 0));
    link.lower = lower_of(attributes);
    link.is_up = (header->ifi_flags & IFF_UP) != 0;
    link.is_loopback = (header->ifi_flags & IFF_LOOPBACK) != 0;
    link.has_carrier = attributes.number(IFLA_CARRIER, 0) != 0;
    const auto member_of = about.find(IFLA_INFO_SLAVE_KIND);
    NT_TRY(const Attributes member, about.nested(IFLA_INFO_SLAVE_DATA));
    link.serves_master =
        link.has_carrier && (!member_of || member_of->text() != "bond" || serves_bond(member));
    NT_TRY(const Attributes xdp, attributes.nested(IFLA_XDP));
    link.xdp = programs_of(xdp);
    link.numbers.reserve(numeric.size());
    for (const std::uint16_t type : numeric) {
        const auto& attribute = attributes.find(type);
        const bool is_word = attribute && attribute->payload().size() == sizeof(std::uint32_t);
        if (const auto number = is_word ? attribute->number() : std::nullopt) {
            link.numbers.push_back(
                {.attribute = type, .value = static_cast<std::uint32_t>(*number)});
        }
    }
    return link;
}

}  // namespace nanotune
