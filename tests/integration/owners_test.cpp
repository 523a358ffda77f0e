// Who has a NIC besides the kernel's stack, on the running kernel.
#include <chrono>
#include <thread>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>
#include <unistd.h>

#include <nanotune/discover.hpp>
#include <nanotune/owners.hpp>

#include "own_namespace.hpp"
#include "support/catch.hpp"
#include "xdp.hpp"

using namespace nanotune;

namespace {

using Mode = XdpProgram::Mode;

constexpr int most_tries = 500;
constexpr std::chrono::milliseconds a_moment{20};

std::vector<Candidate> nics_of(OwnNamespace& host) {
    const auto nics = discover::nics(host.system());
    REQUIRE(nics);
    return *nics;
}

}  // namespace

TEST_CASE("an XDP program is seen with its mode and number while it is attached",
          "[integration][owners]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    CHECK(host.link("left0").xdp.empty());
    const bool is_native = GENERATE(true, false);
    {
        const AttachedXdp program(
            "left0", is_native ? AttachedXdp::Mode::native : AttachedXdp::Mode::generic);
        const Link link = host.link("left0");
        REQUIRE(link.xdp.size() == 1);
        CHECK(link.xdp[0].mode == (is_native ? Mode::native : Mode::generic));
        CHECK(link.xdp[0].id != 0);
        const auto owners = observed_owners(host.system(), nics_of(host));
        REQUIRE(owners.contains("left0"));
        CHECK_FALSE(owners.contains("right0"));
        CHECK(text_of(owners.at("left0").front()) == "XDP program " +
                                                         std::to_string(link.xdp[0].id) +
                                                         (is_native ? " (native)" : " (generic)"));
    }
    CHECK(host.link("left0").xdp.empty());
}

TEST_CASE("an AF_XDP socket is found by its queue, or is told where the kernel does not say which",
          "[integration][owners]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    CHECK(host.system().links().xdp_sockets() == std::vector<XdpSocket>());
    CHECK(unplaced_xdp_sockets(host.system()) == 0);
    const BoundXdpSocket socket("left0", 1);
    const unsigned index = host.link("left0").index;
    const auto listed = host.system().links().xdp_sockets();
    if (listed) {
        CHECK(*listed ==
              std::vector<XdpSocket>{{.device = index, .queue = 1, .inode = socket.inode()}});
        const auto owners = xdp_sockets_of(host.system(), "left0");
        REQUIRE(owners.size() == 1);
        CHECK(owners[0].queues == CpuSet::of(1));
        CHECK(owners[0].who.contains("process " + std::to_string(getpid())));
    } else {
        CHECK(listed.error().code == ErrorCode::unsupported);
        CHECK(unplaced_xdp_sockets(host.system()) == 1);
        CHECK(xdp_sockets_of(host.system(), "left0").empty());
    }
}

TEST_CASE("the kernel lets no queue go that an AF_XDP socket is bound to",
          "[integration][owners]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    Ethtool& ethtool = host.system().ethtool();
    const EthtoolNumbers one = {{ETHTOOL_A_CHANNELS_RX_COUNT, {.number = 1, .width = 4}},
                                {ETHTOOL_A_CHANNELS_TX_COUNT, {.number = 1, .width = 4}}};
    const EthtoolNumbers two = {{ETHTOOL_A_CHANNELS_RX_COUNT, {.number = 2, .width = 4}},
                                {ETHTOOL_A_CHANNELS_TX_COUNT, {.number = 2, .width = 4}}};
    REQUIRE(ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0", two));
    {
        const BoundXdpSocket socket("left0", 1);
        const Status refused = ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0", one);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.contains("AF_XDP"));
    }
    // The kernel lets go of a closed socket in a moment of its own.
    Status freed = ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0", one);
    for (int tries = 0; !freed && tries < most_tries; ++tries) {
        std::this_thread::sleep_for(a_moment);
        freed = ethtool.set(ETHTOOL_MSG_CHANNELS_SET, "left0", one);
    }
    CHECK(freed);
}

TEST_CASE("what native XDP holds in a page is the device's largest MTU", "[integration][owners]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    const std::optional<std::uint32_t> before = host.link("right0").number(IFLA_MAX_MTU);
    const AttachedXdp program("left0", AttachedXdp::Mode::native);
    const std::optional<std::uint32_t> most = host.link("right0").number(IFLA_MAX_MTU);
    REQUIRE(most);
    CHECK(most < before);
    const Status refused = host.system().links().set("right0", IFLA_MTU, *most + 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.contains("mtu greater than device maximum"));
}

TEST_CASE("XDP features are told by their bits, or not at all", "[integration][owners]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    const auto features = host.system().links().xdp_features("left0");
    if (features) {
        constexpr std::uint64_t basic = 1;  // NETDEV_XDP_ACT_BASIC
        CHECK((*features & basic) != 0);
    } else {
        CHECK(features.error().code == ErrorCode::unsupported);  // before Linux 6.3
    }
    CHECK(host.system().links().xdp_features("absent0").error().code == ErrorCode::not_found);
}
