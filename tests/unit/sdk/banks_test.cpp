// The SDK's banks of files, and what all banks share, on a host that is a value.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/link_bank.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr FileRow frequencies[] = {
    {{.name = "min", .domain = integer(0, 5'000'000)}, "/sys/policy{}/min"},
    {{.name = "max", .domain = integer(0, 5'000'000)}, "/sys/policy{}/max"},
};

constexpr FileRow steering[] = {
    {{.name = "rps.cpus", .domain = cpu_mask()}, "/sys/class/net/{0}/queues/{1}/rps_cpus"},
};

constexpr EthtoolRow rings[] = {
    {{.name = "ring.rx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_RX},
    {{.name = "ring.tx", .domain = integer(0, 65535)}, ETHTOOL_A_RINGS_TX},
    {{.name = "ring.tx_push", .domain = flag()}, ETHTOOL_A_RINGS_TX_PUSH, 1},
};

constexpr LinkRow link_rows[] = {
    {{.name = "mtu", .domain = integer(68, 65536)}, IFLA_MTU},
    {{.name = "promiscuity", .domain = integer(0, 1)}, IFLA_PROMISCUITY},
};

constexpr BankPlace anywhere{.stage = Stage::host, .discovery = discover::host};

const Target policy{"policy", "0"};

FileBank frequency_bank() {
    return {frequencies, anywhere};
}

EthtoolBank ring_bank() {
    return {{ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET}, rings, anywhere};
}

LinkBank link_bank() {
    return {link_rows, anywhere};
}

}  // namespace

TEST_CASE("a bank declares its rows in the order of its table", "[banks]") {
    const auto tunables = ring_bank().tunables();
    REQUIRE(tunables.size() == 3);
    CHECK(tunables[0] == &rings[0].tunable);
    CHECK(tunables[2] == &rings[2].tunable);
    CHECK(frequency_bank().tunables().size() == 2);
    CHECK(link_bank().tunables().size() == 2);
}

TEST_CASE("a file's path is filled with the target's name, or with its parts", "[banks]") {
    FakeHost host = given::host()
                        .with("/sys/policy0/min", "800")
                        .with("/sys/class/net/eth0/queues/rx-1/rps_cpus", "5");
    FakeSystem system(host);

    const Tunable* const minimum[] = {&frequencies[0].tunable};
    const auto whole = frequency_bank().read(system, policy, minimum);
    REQUIRE(whole.at(0));
    CHECK(whole[0]->value == Value(std::int64_t{800}));

    const FileBank queues{steering, anywhere};
    const Tunable* const cpus[] = {&steering[0].tunable};
    const auto parts = queues.read(system, {"rx_queue", "eth0/rx-1"}, cpus);
    REQUIRE(parts.at(0));
    CHECK(parts[0]->value == Value(CpuSet::from_list("0,2").value()));
}

TEST_CASE("a file that is not there is a setting that the target lacks", "[banks]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    const auto readings = frequency_bank().read(system, policy, frequency_bank().tunables());
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].error().code == ErrorCode::not_found);
}

TEST_CASE("a file that cannot be understood is named", "[banks]") {
    FakeHost host = given::host().with("/sys/policy0/min", "fast");
    FakeSystem system(host);
    const Tunable* const minimum[] = {&frequencies[0].tunable};
    const auto readings = frequency_bank().read(system, policy, minimum);
    REQUIRE_FALSE(readings.at(0));
    CHECK(readings[0].error().code == ErrorCode::invalid);
    CHECK(readings[0].error().message.starts_with("/sys/policy0/min: "));
}
