// rtnetlink of the running kernel.
#include <algorithm>

#include <linux/if_link.h>

#include "own_namespace.hpp"
#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("a veth pair is listed with its peers, names and numbers", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 2);
    host.add_altname("left0", "an-alternative-name-of-the-left-end");

    const Link left = host.link("left0");
    const Link right = host.link("right0");
    CHECK(left.kind == "veth");
    CHECK(left.lower == right.index);
    CHECK(right.lower == left.index);
    CHECK(left.is_up);
    CHECK(left.has_carrier);
    CHECK_FALSE(left.is_loopback);
    CHECK(left.altnames == std::vector<std::string>{"an-alternative-name-of-the-left-end"});
    CHECK(left.mac.size() == 17);
    CHECK(left.number(IFLA_MTU) == 1500);
    CHECK(left.number(IFLA_NUM_RX_QUEUES) == 2);
    CHECK(left.number(IFLA_MIN_MTU) == 68);
    CHECK(left.number(IFLA_MAX_MTU) == 65535);
    CHECK(host.link("lo").is_loopback);
    CHECK(host.link("lo").kind.empty());

    const auto links = host.system().links().list();
    REQUIRE(links);
    CHECK(std::ranges::is_sorted(*links, {}, &Link::index));
}

TEST_CASE("MTU and queue length are set, by either name", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    host.add_altname("left0", "an-alternative-name-of-the-left-end");
    Links& links = host.system().links();

    CHECK(links.set("left0", IFLA_MTU, 9000));
    CHECK(links.set("an-alternative-name-of-the-left-end", IFLA_TXQLEN, 77));
    CHECK(host.link("left0").number(IFLA_MTU) == 9000);
    CHECK(host.link("left0").number(IFLA_TXQLEN) == 77);
    CHECK(host.link("right0").number(IFLA_MTU) == 1500);
}

TEST_CASE("a refused MTU comes with the kernel's words", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Links& links = host.system().links();

    const Status large = links.set("left0", IFLA_MTU, 70'000);
    REQUIRE_FALSE(large);
    CHECK(large.error().code == ErrorCode::refused);
    CHECK(large.error().message ==
          "MTU 70000 (RTM_NEWLINK): mtu greater than device maximum (EINVAL)");
    const Status small = links.set("left0", IFLA_MTU, 10);
    REQUIRE_FALSE(small);
    CHECK(small.error().message == "MTU 10 (RTM_NEWLINK): mtu less than device minimum (EINVAL)");
    CHECK(host.link("left0").number(IFLA_MTU) == 1500);
}

TEST_CASE("one device is asked for by its name, and is what the list shows",
          "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Links& links = host.system().links();
    const auto list = links.list();
    REQUIRE(list);
    for (const Link& link : *list) {
        CHECK(links.link(link.name) == link);
    }
    const auto absent = links.link("nobody0");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
    CHECK(absent.error().message == "device nobody0 (RTM_GETLINK): No such device (ENODEV)");
}

TEST_CASE("a device is known by its number until it is gone", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    const unsigned index = host.link("left0").index;
    Links& links = host.system().links();
    CHECK(links.name(index) == "left0");
    host.remove("left0");
    CHECK(links.name(index).error().code == ErrorCode::not_found);
}

TEST_CASE("a device that is gone is not found, and its socket still serves others",
          "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    host.add_veth("other0", "other1", 1);
    Links& links = host.system().links();
    REQUIRE(links.set("left0", IFLA_MTU, 1400));
    host.remove("left0");

    const Status status = links.set("left0", IFLA_MTU, 1500);
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::not_found);
    CHECK(links.set("other0", IFLA_MTU, 1400));
}

TEST_CASE("every device under a default route is known", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    CHECK(host.system().links().default_route_devices() == std::vector<std::string>());
    host.add_veth("left0", "right0", 1);
    host.add_veth("other0", "other1", 1);
    host.add_default_route({"left0", "other0"});
    CHECK(host.system().links().default_route_devices() ==
          std::vector<std::string>{"left0", "other0"});
}

TEST_CASE("a local address tells its device", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    host.add_address("left0", "192.0.2.1", 24);
    Links& links = host.system().links();

    CHECK(links.device_of_address("192.0.2.1") == "left0");
    CHECK(links.device_of_address("::ffff:192.0.2.1") == "left0");
    CHECK(links.device_of_address("127.0.0.1") == "lo");
    CHECK(links.device_of_address("192.0.2.2").error().code == ErrorCode::not_found);
    CHECK(links.device_of_address("left0").error().code == ErrorCode::invalid);
}

TEST_CASE("queues of a virtual device name no interrupt", "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    const auto queues = host.system().links().queue_interrupts("left0");
    REQUIRE_FALSE(queues);
    CHECK(queues.error().code == ErrorCode::unsupported);
    const auto absent = host.system().links().queue_interrupts("absent0");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
}

TEST_CASE("a queueing discipline is put at the root, and taken away again",
          "[integration][links]") {
    OwnNamespace host;
    if (!host.is_ours()) {
        return;
    }
    host.add_veth("left0", "right0", 1);
    Links& links = host.system().links();
    const auto before = links.qdisc("left0");
    REQUIRE(before);
    CHECK(*before == Qdisc{.kind = "noqueue", .handle = 0});
    CHECK_FALSE(links.remove_qdisc("left0"));

    constexpr std::uint32_t handle = 0x7e170000;
    REQUIRE(links.put_qdisc("left0", {.kind = "pfifo", .handle = handle}));
    CHECK(links.qdisc("left0") == Qdisc{.kind = "pfifo", .handle = handle});
    CHECK(links.qdisc("right0") == before);
    CHECK_FALSE(links.put_qdisc("left0", {.kind = "no-such-thing", .handle = handle}));
    REQUIRE(links.remove_qdisc("left0"));
    CHECK(links.qdisc("left0") == before);
    CHECK(links.qdisc("absent0").error().code == ErrorCode::not_found);
}
