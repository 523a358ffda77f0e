// What rtnetlink's messages say about devices, routes and addresses.
#include "system/link_message.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"
#include "system/route_message.hpp"

using namespace nanotune;
using namespace octets;
using nanotune::test::held;

namespace {

Octets link_head(unsigned flags) {
    ifinfomsg header{};
    header.ifi_index = 5;
    header.ifi_flags = flags;
    return of(header);
}

Octets mac(int last) {
    return {std::byte{0x02}, std::byte{0},    std::byte{0},
            std::byte{0},    std::byte{0xab}, static_cast<std::byte>(last)};
}

Octets route_head(int table, int dst_len = 0, int type = RTN_UNICAST) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_table = static_cast<unsigned char>(table);
    header.rtm_dst_len = static_cast<unsigned char>(dst_len);
    header.rtm_type = static_cast<unsigned char>(type);
    return of(header);
}

Octets hop(int device) {
    return of(rtnexthop{.rtnh_len = sizeof(rtnexthop) + 8,
                        .rtnh_flags = 0,
                        .rtnh_hops = 0,
                        .rtnh_ifindex = device}) +
           attribute(RTA_GATEWAY, Octets(4));
}

}  // namespace

TEST_CASE("a link is known by its names, kind, addresses and numbers", "[links]") {
    const auto link =
        link_of(link_head(IFF_UP) + attribute(IFLA_IFNAME, text("eth0")) +
                number(IFLA_MTU, std::uint32_t{9000}) + number(IFLA_TXQLEN, std::uint32_t{500}) +
                number(IFLA_MAX_MTU, std::uint32_t{9710}) + number(IFLA_MASTER, std::uint32_t{9}) +
                number(IFLA_LINK, std::uint32_t{4}) + number(IFLA_CARRIER, std::uint8_t{1}) +
                attribute(IFLA_ADDRESS, mac(1)) + attribute(IFLA_PERM_ADDRESS, mac(2)) +
                nest(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("vlan"))) +
                nest(IFLA_PROP_LIST, attribute(IFLA_ALT_IFNAME, text("enp1s0")) +
                                         attribute(IFLA_ALT_IFNAME, text("lan"))));
    REQUIRE(link);
    CHECK(*link == Link{.index = 5,
                        .name = "eth0",
                        .altnames = {"enp1s0", "lan"},
                        .kind = "vlan",
                        .mac = "02:00:00:00:ab:02",
                        .is_mac_burnt_in = true,
                        .master = 9,
                        .lower = 4,
                        .is_up = true,
                        .is_loopback = false,
                        .has_carrier = true,
                        .serves_master = true,
                        .numbers = {{IFLA_MTU, 9000}, {IFLA_TXQLEN, 500}, {IFLA_MAX_MTU, 9710}}});
}

TEST_CASE("a link without a permanent address goes by its present one", "[links]") {
    const auto link = link_of(link_head(0) + attribute(IFLA_ADDRESS, mac(1)));
    REQUIRE(link);
    CHECK(link->mac == "02:00:00:00:ab:01");
    CHECK_FALSE(link->is_mac_burnt_in);
}

TEST_CASE("a member serves its bond once that takes its link for up, and LACP agrees", "[links]") {
    const auto serves = [](std::string_view master, const Octets& about) {
        const auto link =
            link_of(link_head(0) + number(IFLA_CARRIER, std::uint8_t{1}) +
                    nest(IFLA_LINKINFO, attribute(IFLA_INFO_SLAVE_KIND, text(master)) +
                                            nest(IFLA_INFO_SLAVE_DATA, about)));
        REQUIRE(link);
        CHECK(link->has_carrier);
        return link->serves_master;
    };
    const auto mii = [](std::uint8_t status) { return number(IFLA_BOND_SLAVE_MII_STATUS, status); };
    const auto lacp = [](std::uint8_t state) {
        return number(IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE, state);
    };
    constexpr std::uint8_t up = 0;
    constexpr std::uint8_t coming_back = 3;
    constexpr std::uint8_t agreed = 0x3d;
    constexpr std::uint8_t only_collecting = 0x1d;
    CHECK(serves("bond", mii(up)));
    CHECK_FALSE(serves("bond", mii(coming_back)));
    CHECK(serves("bond", mii(up) + lacp(agreed)));
    CHECK_FALSE(serves("bond", mii(up) + lacp(only_collecting)));
    CHECK(serves("bridge", mii(coming_back)));  // its own attributes have the same numbers
}

TEST_CASE("XDP programs are told by their mode", "[links]") {
    const auto link =
        link_of(link_head(0) + nest(IFLA_XDP, number(IFLA_XDP_ATTACHED, std::uint8_t{4}) +
                                                  number(IFLA_XDP_SKB_PROG_ID, std::uint32_t{7}) +
                                                  number(IFLA_XDP_DRV_PROG_ID, std::uint32_t{12})));
    REQUIRE(link);
    CHECK(link->xdp == std::vector<XdpProgram>{{.mode = XdpProgram::Mode::generic, .id = 7},
                                               {.mode = XdpProgram::Mode::native, .id = 12}});
    const auto without =
        link_of(link_head(0) + nest(IFLA_XDP, number(IFLA_XDP_ATTACHED, std::uint8_t{0})));
    REQUIRE(without);
    CHECK(without->xdp.empty());
}

TEST_CASE("a lower device of another network namespace is none here", "[links]") {
    const auto link = link_of(link_head(0) + number(IFLA_LINK, std::uint32_t{4}) +
                              number(IFLA_LINK_NETNSID, std::int32_t{0}));
    REQUIRE(link);
    CHECK(link->lower == 0);
}

TEST_CASE("a text of four bytes is not taken for a number", "[links]") {
    const auto link = link_of(link_head(IFF_LOOPBACK) + attribute(IFLA_QDISC, text("htb")) +
                              attribute(IFLA_IFNAME, text("lo0")));
    REQUIRE(link);
    CHECK(link->numbers.empty());
    CHECK(link->is_loopback);
}

TEST_CASE("a number of the wrong width is left out", "[links]") {
    const auto link = link_of(link_head(0) + number(IFLA_MTU, std::uint16_t{1500}));
    REQUIRE(link);
    CHECK(link->numbers.empty());
}

TEST_CASE("a link cut short is invalid", "[links]") {
    CHECK_FALSE(link_of(first(link_head(0), 15)));
    CHECK_FALSE(link_of(link_head(0) + first(attribute(IFLA_IFNAME, text("eth0")), 7)));
    CHECK_FALSE(link_of(link_head(0) + nest(IFLA_LINKINFO, Octets(3))));
    CHECK_FALSE(link_of(link_head(0) + nest(IFLA_PROP_LIST, Octets(6))));
}

TEST_CASE("a default route leads through its device", "[routes]") {
    const auto devices =
        default_route_of(route_head(RT_TABLE_MAIN) + number(RTA_OIF, std::uint32_t{3}));
    REQUIRE(devices);
    CHECK(*devices == std::vector<unsigned>{3});
}

TEST_CASE("half of everything is a default route, as VPNs lay two", "[routes]") {
    const auto devices =
        default_route_of(route_head(RT_TABLE_MAIN, 1) + number(RTA_OIF, std::uint32_t{3}));
    REQUIRE(devices);
    CHECK(*devices == std::vector<unsigned>{3});
}

TEST_CASE("a default route of several hops leads through each one's device", "[routes]") {
    const auto devices =
        default_route_of(route_head(RT_TABLE_MAIN) + attribute(RTA_MULTIPATH, hop(3) + hop(4)));
    REQUIRE(devices);
    CHECK(*devices == std::vector<unsigned>{3, 4});
}

TEST_CASE("other routes are no default routes", "[routes]") {
    const Octets device = number(RTA_OIF, std::uint32_t{3});
    for (const Octets& head :
         {route_head(RT_TABLE_MAIN, 24), route_head(RT_TABLE_LOCAL),
          route_head(RT_TABLE_MAIN, 0, RTN_UNREACHABLE), route_head(RT_TABLE_MAIN, 0, RTN_LOCAL)}) {
        const auto devices = default_route_of(head + device);
        REQUIRE(devices);
        CHECK(devices->empty());
    }
    // A table above 255 is named by an attribute, and the header holds RT_TABLE_COMPAT.
    const auto devices = default_route_of(route_head(RT_TABLE_COMPAT) + device +
                                          number(RTA_TABLE, std::uint32_t{1000}));
    REQUIRE(devices);
    CHECK(devices->empty());
}

TEST_CASE("next hops cut short are invalid", "[routes]") {
    for (const Octets& hops : {first(hop(3), 7), first(hop(3) + hop(4), 20), Octets(8)}) {
        CHECK_FALSE(default_route_of(route_head(RT_TABLE_MAIN) + attribute(RTA_MULTIPATH, hops)));
    }
    CHECK_FALSE(default_route_of(first(route_head(RT_TABLE_MAIN), 11)));
}

TEST_CASE("a local address prefers its own end of a point-to-point link", "[routes]") {
    ifaddrmsg header{};
    header.ifa_index = 6;
    const auto address = local_address_of(of(header) + attribute(IFA_ADDRESS, {4, std::byte{1}}) +
                                          attribute(IFA_LOCAL, {4, std::byte{2}}));
    REQUIRE(address);
    CHECK(address->device == 6);
    CHECK(address->octets == Octets(4, std::byte{2}));
    CHECK_FALSE(local_address_of(first(of(header), 4)));
}

TEST_CASE("an address is read in every spelling that a session may have", "[routes]") {
    const Octets v4{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{1}};
    CHECK(address_octets("192.0.2.1") == v4);
    CHECK(address_octets("::ffff:192.0.2.1") == v4);
    CHECK(held(address_octets("fe80::1%eth0")).size() == 16);
    CHECK_FALSE(address_octets(""));
    CHECK_FALSE(address_octets("192.0.2"));
    CHECK_FALSE(address_octets("host.example"));
}
