// What the kernel changes along with a setting, where one profile of several names it: while it
// only follows it has no value of its own, and none to go back to.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/newer_attributes.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string ipv6_mtu = "/proc/sys/net/ipv6/conf/eth0/mtu";

FakeHost host_with_ipv6() {
    return given::host().with_nic("eth0", {.mtu = 1500}).with(ipv6_mtu, "1500");
}

std::string mtus(const std::string& device, const std::string& of_ipv6 = {}) {
    return "[nic.eth0]\nmtu = " + device + "\n" +
           (of_ipv6.empty() ? std::string()
                            : "[sysctl]\n\"net.ipv6.conf.eth0.mtu\" = " + of_ipv6 + "\n");
}

std::string usecs_of(unsigned queue) {
    return queue_coalesce_cell("eth0", queue, ETHTOOL_A_COALESCE_RX_USECS);
}

/// The driver gives the device's own delay to every queue.
FakeHost host_that_shares() {
    FakeHost host = given::host().with_nic("eth0");
    host.on_write("ethtool:eth0:" + std::to_string(ETHTOOL_MSG_COALESCE_GET) + ":*",
                  [](Edit& edit, const Write&) {
                      const auto now =
                          number_of(edit.cells(), ethtool_cell("eth0", ETHTOOL_MSG_COALESCE_GET,
                                                               ETHTOOL_A_COALESCE_RX_USECS));
                      for (unsigned queue = 0; queue < 4; ++queue) {
                          edit.set(usecs_of(queue), std::to_string(now));
                      }
                  });
    return host;
}

}  // namespace

TEST_CASE("what followed when it was first set goes back to where that goes", "[engine][carried]") {
    const std::string higher = GENERATE(as<std::string>{}, "9000", "1450");
    Scene scene(host_with_ipv6());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(mtus(higher)).exit == Exit::as_wanted);
    REQUIRE(host.text(ipv6_mtu) == higher);
    REQUIRE(engine.apply(mtus(higher, "1400")).exit == Exit::as_wanted);
    REQUIRE(engine.apply(mtus("8000", "1300")).exit == Exit::as_wanted);
    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what followed when it was first set follows again after a rollback of that alone",
          "[engine][carried]") {
    Scene scene(host_with_ipv6());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(mtus("9000")).exit == Exit::as_wanted);
    const FakeHost first = host;
    REQUIRE(engine.apply(mtus("9000", "1400")).exit == Exit::as_wanted);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(first, host) == no_difference);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what the next profile leaves out follows what that has of its device",
          "[engine][carried]") {
    const std::string next = GENERATE(as<std::string>{}, "9000", "1450", "1500", "8000");
    Scene scene(host_with_ipv6());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(mtus("9000", "1400")).exit == Exit::as_wanted);
    const Report applied = engine.apply(mtus(next));
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu) == next);
    CHECK_FALSE(engine.apply(mtus(next)).changed);
    CHECK(engine.verify().exit == Exit::as_wanted);
    const Report report = engine.rollback_all();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what has followed again once it was left out stays so when applied once more",
          "[engine][carried]") {
    Scene scene(host_with_ipv6());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(mtus("1500", "1400")).exit == Exit::as_wanted);
    REQUIRE(engine.apply("[nic.eth0]\ntxqueuelen = 500\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply(mtus("9000")).exit == Exit::as_wanted);
    CHECK(host.text(ipv6_mtu) == "9000");
    const Report again = engine.apply(mtus("9000"));
    INFO(text_of(again));
    CHECK(again.exit == Exit::as_wanted);
    CHECK_FALSE(again.changed);
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("what an apply has taken along is not taken back by the same apply once more",
          "[engine][carried]") {
    const std::string of_ipv4 = link_number_cell("eth0", gso_ipv4_max_size);
    Scene scene(given::host()
                    .with_nic("eth0")
                    .with(link_number_cell("eth0", IFLA_GSO_MAX_SIZE), "65536")
                    .with(of_ipv4, "65536"));
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply("[nic.eth0]\ngso_ipv4_max_size = 25000\n").exit == Exit::as_wanted);
    REQUIRE(engine.apply("[nic.eth0]\ntxqueuelen = 500\n").exit == Exit::as_wanted);
    REQUIRE(host.text(of_ipv4) == "65536");
    constexpr auto profile = "[nic.eth0]\ngso_max_size = 30000\n";
    REQUIRE(engine.apply(profile).exit == Exit::as_wanted);
    REQUIRE(host.text(of_ipv4) == "30000");
    const Report again = engine.apply(profile);
    INFO(text_of(again));
    CHECK_FALSE(again.changed);
    CHECK(host.text(of_ipv4) == "30000");
    CHECK(engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a queue that followed its device when it was first set goes back with it",
          "[engine][carried][queues]") {
    Scene scene(host_that_shares());
    auto& [host, before, folder, engine] = scene;
    const std::string device = "[nic.eth0]\ncoalesce.rx_usecs = 50\n";
    REQUIRE(engine.apply(device).exit == Exit::as_wanted);
    REQUIRE(host.text(usecs_of(1)) == "50");
    REQUIRE(engine.apply(device + "[nic.eth0.queue.\"1\"]\ncoalesce.rx_usecs = 10\n").exit ==
            Exit::as_wanted);
    REQUIRE(host.text(usecs_of(1)) == "10");
    SECTION("by a rollback of all") {
        const Report report = engine.rollback_all();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(difference(before, host) == no_difference);
    }
    SECTION("by a profile with another value for the device") {
        const Report report = engine.apply("[nic.eth0]\ncoalesce.rx_usecs = 20\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(host.text(usecs_of(0)) == "20");
        CHECK(host.text(usecs_of(1)) == "20");
    }
}
