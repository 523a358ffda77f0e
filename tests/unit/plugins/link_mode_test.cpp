// Link modes and forward error correction: words in, the kernel's bits out.
#include "nic/link_mode.hpp"

#include <cerrno>

#include <linux/ethtool_netlink.h>

#include <nanotune/discover.hpp>

#include "nic/fec.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const nic::WordsBank bank{nic::link_mode_rows(),
                          {.stage = Stage::devices, .discovery = discover::nics}};
const Target eth0 = Target::nic("eth0");

const Tunable& link_mode() {
    return *bank.tunables().at(0);
}
const Tunable& fec() {
    return *bank.tunables().at(1);
}

FakeHost host_with_nic() {
    return given::host().with_nic("eth0");
}

Result<Reading> reading(FakeHost& host, const Tunable& tunable) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {&tunable};
    return bank.read(system, eth0, wanted).at(0);
}

Status written(FakeHost& host, const Tunable& tunable, std::string value) {
    FakeSystem system(host);
    const Assignment assignments[] = {{&tunable, std::move(value)}};
    return bank.write(system, eth0, assignments).at(0);
}

std::string mode_cell(std::string_view mode) {
    return bit_cell("eth0", ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_A_LINKMODES_OURS, mode);
}
std::string number_cell(unsigned attribute) {
    return ethtool_cell("eth0", ETHTOOL_MSG_LINKMODES_GET, attribute);
}

}  // namespace

TEST_CASE("a link mode has one spelling", "[nic][link]") {
    CHECK(nic::normal_link_mode("auto") == "auto");
    CHECK(nic::normal_link_mode("1000/full") == "1000/full");
    CHECK(nic::normal_link_mode("unknown/unknown") == "unknown/unknown");
    CHECK(nic::normal_link_mode("auto,10000baseT/Full,1000baseT/Full,1000baseT/Full") ==
          "auto 1000baseT/Full 10000baseT/Full");
    CHECK(nic::normal_link_mode("2500baseT/Full auto") == "auto 2500baseT/Full");
    for (const char* text : {"", "fast", "1000", "1000/fast", "01000/full", "1000baseT/Full",
                             "auto TP", "auto 1000/full"}) {
        INFO(text);
        CHECK_FALSE(nic::normal_link_mode(text));
    }
}

TEST_CASE("a link that may take any mode reads as auto, and otherwise by what it offers",
          "[nic][link]") {
    FakeHost host = host_with_nic();
    CHECK(reading(host, link_mode())->value == Value("auto"));
    host.with(mode_cell("100baseT/Full"), "0");
    CHECK(reading(host, link_mode())->value == Value("auto 1000baseT/Full 10000baseT/Full"));
    host.with(number_cell(ETHTOOL_A_LINKMODES_AUTONEG), "0/1");
    CHECK(reading(host, link_mode())->value == Value("10000/full"));
    host.with(number_cell(ETHTOOL_A_LINKMODES_SPEED), "4294967295/4")
        .with(number_cell(ETHTOOL_A_LINKMODES_DUPLEX), "255/1");
    CHECK(reading(host, link_mode())->value == Value("unknown/unknown"));
}

TEST_CASE("modes that cannot be read are an error, and never taken for all or for none",
          "[nic][link]") {
    FakeHost host = host_with_nic();
    host.unreadable(mode_cell(""))
        .unreadable(bit_cell("eth0", ETHTOOL_MSG_FEC_GET, ETHTOOL_A_FEC_MODES, ""));
    const FakeHost before = host;
    CHECK(reading(host, link_mode()).error().kernel_errno == EBUSY);
    CHECK(reading(host, fec()).error().kernel_errno == EBUSY);
    CHECK(written(host, link_mode(), "auto").error().kernel_errno == EBUSY);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a forced mode turns negotiation off, and auto offers everything again", "[nic][link]") {
    FakeHost host = host_with_nic();
    const FakeHost before = host;
    REQUIRE(written(host, link_mode(), "1000/half"));
    CHECK(host.text(number_cell(ETHTOOL_A_LINKMODES_AUTONEG)) == "0/1");
    CHECK(host.text(number_cell(ETHTOOL_A_LINKMODES_SPEED)) == "1000/4");
    CHECK(host.text(number_cell(ETHTOOL_A_LINKMODES_DUPLEX)) == "0/1");
    host.with(number_cell(ETHTOOL_A_LINKMODES_SPEED), "10000/4")
        .with(number_cell(ETHTOOL_A_LINKMODES_DUPLEX), "1/1")
        .with(mode_cell("100baseT/Full"), "0");
    REQUIRE(written(host, link_mode(), "auto"));
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("offering some modes leaves ports and pause frames among the bits alone", "[nic][link]") {
    FakeHost host = host_with_nic();
    REQUIRE(written(host, link_mode(), "auto 1000baseT/Full"));
    CHECK(host.text(mode_cell("1000baseT/Full")) == "1");
    CHECK(host.text(mode_cell("10000baseT/Full")) == "0");
    CHECK(host.text(mode_cell("TP")) == "1");
}

TEST_CASE("a mode that the device lacks is told with those that it has", "[nic][link]") {
    FakeHost host = host_with_nic();
    FakeSystem system(host);
    const Assignment assignments[] = {
        {&link_mode(), "auto 2500baseT/Full"},
        {&link_mode(), "auto 100baseT/Full 1000baseT/Full 10000baseT/Full"},
        {&link_mode(), "1000/full"}};
    const auto held = bank.may_hold(system, eth0, assignments);
    CHECK(held.at(0).error().message ==
          "eth0 does not have 2500baseT/Full; it has 100baseT/Full 1000baseT/Full "
          "10000baseT/Full");
    CHECK(held.at(1).error().message == "eth0 reads it as \"auto\": that is all");
    CHECK(held.at(2));
}

TEST_CASE("forward error correction is a set of words in one order", "[nic][link]") {
    CHECK(nic::normal_fec("baser,rs") == "rs baser");
    CHECK(nic::normal_fec("off") == "off");
    CHECK_FALSE(nic::normal_fec(""));
    CHECK_FALSE(nic::normal_fec("reed-solomon"));
    FakeHost host = host_with_nic();
    const FakeHost before = host;
    CHECK(reading(host, fec())->value == Value("off"));
    REQUIRE(written(host, fec(), "auto"));
    CHECK(reading(host, fec())->value == Value("auto"));
    REQUIRE(written(host, fec(), "off"));
    CHECK(difference(before, host) == no_difference);
}
