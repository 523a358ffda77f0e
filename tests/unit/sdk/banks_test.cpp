// The SDK's banks of files, and what all banks share, on a host that is a value.
#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/discover.hpp>
#include <nanotune/ethtool_bank.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/link_bank.hpp>

#include "banks_given.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::test::banks;

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
