// Targets and candidates.
#include <nanotune/target.hpp>

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("a target is named as people name it", "[target]") {
    CHECK(Target::host().text() == "host");
    CHECK(Target::nic("eth0").text() == "eth0");
    CHECK(Target{"rx_queue", "eth0/rx-0"}.text() == "eth0/rx-0");
    CHECK(Target::cpu(3).text() == "cpu3");
    CHECK(Target{"policy", "0"}.text() == "policy0");
    CHECK(Target::node(1).text() == "node 1");
    CHECK(Target::irq(41).text() == "irq 41");
    CHECK(Target{"thread", "1234:567890"}.text() == "thread 1234");
}

TEST_CASE("targets are equal when kind and name are", "[target]") {
    CHECK(Target::cpu(3) == Target{"cpu", "3"});
    CHECK(Target::cpu(3) != Target::node(3));
    CHECK(Target::cpu(3) < Target::node(0));
}

TEST_CASE("a fact may be given more than once", "[target]") {
    Candidate nic;
    nic.facts = {{"driver", "igb"}, {"altname", "lan0"}, {"altname", "feed"}};
    CHECK(nic.fact("driver") == "igb");
    CHECK(nic.fact("altname") == "lan0");
    CHECK(nic.fact("pci").empty());
    CHECK(nic.has_fact("altname", "feed"));
    CHECK_FALSE(nic.has_fact("altname", "igb"));
}
