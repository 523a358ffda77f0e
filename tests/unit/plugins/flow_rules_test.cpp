// Steering rules as text: said in words where words can say it, whole otherwise.
#include "nic/flow_rules.hpp"

#include <cstring>

#include <linux/ethtool.h>

#include <nanotune/discover.hpp>

#include "nic/flow_rule.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const nic::WordsBank bank{nic::flow_rule_rows(),
                          {.stage = Stage::interrupts, .discovery = discover::nics}};
const Target eth0 = Target::nic("eth0");

Status written(FakeHost& host, std::string value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{bank.tunables().at(0), std::move(value)}};
    return bank.write(system, eth0, assignments).at(0);
}

std::string read(FakeHost& host) {
    FakeSystem system(host);
    return std::get<std::string>(bank.read(system, eth0, bank.tunables()).at(0).value().value);
}

}  // namespace

TEST_CASE("rules are told apart by their place, which is that in the list where none is said",
          "[nic][ntuple]") {
    CHECK(nic::normal_flow_rules(
              "udp4 dst-port 5000 dst-ip 239.1.1.1 queue 2,tcp4 src-ip 192.0.2.1 drop") ==
          "udp4 dst-ip 239.1.1.1 dst-port 5000 queue 2 at 0; tcp4 src-ip 192.0.2.1 drop at 1");
    CHECK(nic::normal_flow_rules("udp4 queue 1 at 9; tcp4 queue 0 at 3") ==
          "tcp4 queue 0 at 3; udp4 queue 1 at 9");
    CHECK(nic::normal_flow_rules("none") == "none");
    CHECK(nic::normal_flow_rules("") == "none");
}

TEST_CASE("what is no rule is refused by its words", "[nic][ntuple]") {
    for (const char* text :
         {"udp4", "udp4 dst-port 5000", "udp4 dst-port 70000 queue 1", "icmp4 queue 1",
          "udp4 dst-ip 239.1.1 queue 1", "udp4 dst-ip 239.1.1.1.1 queue 1", "udp4 queue",
          "udp4 queue -1", "udp4 colour red queue 1", "raw 00", "udp4 queue 1 drop",
          "udp4 drop queue 1", "udp4 dst-port 1 dst-port 2 queue 1", "udp4 queue 1 queue 2",
          "udp4 queue 1 at 3; tcp4 queue 1 at 3"}) {
        INFO(text);
        CHECK_FALSE(nic::normal_flow_rules(text));
    }
}

TEST_CASE("a rule is written in the kernel's own order of bytes", "[nic][ntuple]") {
    const auto rule = nic::flow_rule_in("udp4 dst-ip 239.1.2.3 dst-port 5000 queue 2", 4);
    REQUIRE(rule);
    ethtool_rx_flow_spec spec{};
    REQUIRE(rule->size() == sizeof spec);
    std::memcpy(&spec, rule->data(), sizeof spec);
    CHECK(spec.flow_type == UDP_V4_FLOW);
    CHECK(std::memcmp(&spec.h_u.udp_ip4_spec.ip4dst, "\xef\x01\x02\x03", 4) == 0);
    CHECK(std::memcmp(&spec.h_u.udp_ip4_spec.pdst, "\x13\x88", 2) == 0);
    CHECK(spec.m_u.udp_ip4_spec.ip4dst == 0xffffffff);
    CHECK(spec.m_u.udp_ip4_spec.pdst == 0xffff);
    CHECK(spec.m_u.udp_ip4_spec.ip4src == 0);
    CHECK(spec.ring_cookie == 2);
    CHECK(spec.location == 4);
    CHECK(nic::text_of(*rule) == "udp4 dst-ip 239.1.2.3 dst-port 5000 queue 2 at 4");
}

TEST_CASE("only what differs is taken away or put there", "[nic][ntuple]") {
    FakeHost host = given::host().with_nic("eth0");
    const FakeHost before = host;
    REQUIRE(written(host, "udp4 dst-port 1 queue 1 at 0; udp4 dst-port 2 queue 2 at 1"));
    FakeSystem system(host);
    const Assignment assignments[] = {
        {bank.tunables().at(0), "udp4 dst-port 1 queue 1 at 0; udp4 dst-port 3 queue 2 at 2"}};
    REQUIRE(bank.write(system, eth0, assignments).at(0));
    CHECK(system.writes().size() == 2);
    CHECK(read(host) == "udp4 dst-port 1 queue 1 at 0; udp4 dst-port 3 queue 2 at 2");
    REQUIRE(written(host, "none"));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a rule that words cannot say is taken away and brought back whole", "[nic][ntuple]") {
    FakeHost host = given::host().with_nic("eth0");
    auto rule = nic::flow_rule_in("udp4 dst-port 5000 queue 2", 0);
    REQUIRE(rule);
    ethtool_rx_flow_spec spec{};
    std::memcpy(&spec, rule->data(), sizeof spec);
    spec.flow_type |= FLOW_EXT;
    spec.h_ext.vlan_tci = 5;
    spec.m_ext.vlan_tci = 0xffff;
    std::memcpy(rule->data(), &spec, sizeof spec);
    FakeSystem system(host);
    REQUIRE(system.ethtool().put_flow_rule("eth0", *rule));
    const FakeHost with_rule = host;
    const std::string text = read(host);
    CHECK(text.starts_with("raw "));
    CHECK(nic::normal_flow_rules(text) == text);
    REQUIRE(written(host, "none"));
    CHECK_FALSE(host == with_rule);
    REQUIRE(written(host, text));
    CHECK(difference(with_rule, host) == no_difference);
}
