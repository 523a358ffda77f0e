// The SDK's banks of ethtool's messages and of links, on a host that is a value.
#include <cerrno>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/link_bank.hpp>

#include "banks_given.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::test::banks;

TEST_CASE("what a driver does not report is unsupported by name", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    host.without(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_PUSH));
    FakeSystem system(host);
    const auto readings = ring_bank().read(system, Target::nic("eth0"), ring_bank().tunables());
    REQUIRE(readings.size() == 3);
    REQUIRE(readings[0]);
    CHECK(readings[0]->value == Value(std::int64_t{512}));
    REQUIRE_FALSE(readings[2]);
    CHECK(readings[2].error().code == ErrorCode::unsupported);
    CHECK(readings[2].error().message == "the driver of eth0 does not have ring.tx_push");
}

TEST_CASE("a device without the whole message lacks each of its settings", "[banks]") {
    FakeHost host = given::host().with_nic("v0", {.kind = "veth"});
    FakeSystem system(host);
    for (const auto& reading :
         ring_bank().read(system, Target::nic("v0"), ring_bank().tunables())) {
        REQUIRE_FALSE(reading);
        CHECK(reading.error().code == ErrorCode::unsupported);
    }
}

TEST_CASE("settings of one message are written in one, and share its fate", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    FakeSystem system(host);
    const Assignment assignments[] = {{&rings[0].tunable, Value(std::int64_t{60000})},
                                      {&rings[1].tunable, Value(std::int64_t{1024})},
                                      {&rings[2].tunable, Value(true)}};
    const auto outcomes = ring_bank().write(system, Target::nic("eth0"), assignments);
    REQUIRE(outcomes.size() == 3);
    for (const Status& outcome : outcomes) {
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().message.find("requested ring size exceeds maximum") !=
              std::string::npos);
    }
    CHECK(difference(before, host).empty());
}

TEST_CASE("what a driver does not have keeps nothing else of its message from being written",
          "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    const auto cell = [](unsigned attribute) {
        return ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, attribute);
    };
    host.refuse(cell(ETHTOOL_A_RINGS_TX_PUSH), {.error = EOPNOTSUPP});
    FakeSystem system(host);
    const EthtoolBank bank = ring_bank();
    const auto tunables = bank.tunables();
    const Assignment assignments[] = {{tunables.at(2), true}, {tunables.at(0), std::int64_t{512}}};
    const auto outcomes = bank.write(system, Target::nic("eth0"), assignments);
    REQUIRE_FALSE(outcomes.at(0));
    CHECK(outcomes.at(0).error().code == ErrorCode::unsupported);
    CHECK(outcomes.at(1));
    CHECK(host.text(cell(ETHTOOL_A_RINGS_RX)) == "512/4");
}

TEST_CASE("a flag is written in the width of its attribute", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    const Assignment assignments[] = {{&rings[2].tunable, Value(true)}};
    CHECK(ring_bank().write(system, Target::nic("eth0"), assignments).at(0));
    CHECK(host.text(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX_PUSH)) == "1/1");
}

TEST_CASE("a missing capability is named with the setting that needs it", "[banks]") {
    FakeHost host = given::host().with_nic("eth0").lacks(Capability::net_admin);
    FakeSystem system(host);
    const auto ring = ring_bank().may_write(system, Target::nic("eth0"), rings[0].tunable);
    REQUIRE_FALSE(ring);
    CHECK(ring.error().code == ErrorCode::denied);
    CHECK(ring.error().message == "CAP_NET_ADMIN is missing, which ring.rx of eth0 needs");
    const auto mtu = link_bank().may_write(system, Target::nic("eth0"), link_rows[0].tunable);
    REQUIRE_FALSE(mtu);
    CHECK(mtu.error().message == "CAP_NET_ADMIN is missing, which mtu of eth0 needs");
}

TEST_CASE("attributes of a link are read and written by number", "[banks]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    const auto readings = link_bank().read(system, Target::nic("eth0"), link_bank().tunables());
    REQUIRE(readings.at(0));
    CHECK(readings[0]->value == Value(std::int64_t{1500}));
    CHECK(readings.at(1).error().code == ErrorCode::unsupported);

    const Assignment assignments[] = {{&link_rows[0].tunable, Value(std::int64_t{9000})}};
    CHECK(link_bank().write(system, Target::nic("eth0"), assignments).at(0));
    CHECK(host.text(link_number_cell("eth0", IFLA_MTU)) == "9000");
}

TEST_CASE("a link that is gone is said to be", "[banks]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    const auto readings = link_bank().read(system, Target::nic("eth9"), link_bank().tunables());
    CHECK(readings.at(0).error().code == ErrorCode::not_found);
    CHECK(readings.at(0).error().message == "RTM_GETLINK eth9: No such device (ENODEV)");
}
