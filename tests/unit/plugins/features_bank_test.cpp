// Offloads by the kernel's names: what is active counts, and a fixed one stays as it is.
#include "nic/features_bank.hpp"

#include <algorithm>
#include <utility>

#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const nic::FeaturesBank bank{{.stage = Stage::devices, .discovery = discover::nics}};
const Target eth0 = Target::nic("eth0");

const Tunable* row(std::string_view name) {
    const auto rows = bank.tunables();
    const auto found = std::ranges::find(rows, name, &Tunable::name);
    REQUIRE(found != rows.end());
    return *found;
}

Result<Reading> reading(FakeHost& host, std::string_view name) {
    FakeSystem system(host);
    const Tunable* const wanted[] = {row(name)};
    return bank.read(system, eth0, wanted).at(0);
}

}  // namespace

TEST_CASE("a feature reads as what is active, not as what was asked for", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(feature_cell("eth0", "rx-lro"), "on off");
    const auto lro = reading(host, "features.rx-lro");
    REQUIRE(lro);
    CHECK(lro->value == Value(false));
    CHECK_FALSE(lro->is_fixed);
}

TEST_CASE("a fixed feature is said to be", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(feature_cell("eth0", "rx-lro"), "off off fixed");
    const auto lro = reading(host, "features.rx-lro");
    REQUIRE(lro);
    CHECK(lro->is_fixed);
    CHECK(lro->note == "fixed");
}

TEST_CASE("a feature that the device does not have is unsupported by name", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.without(feature_cell("eth0", "rx-lro"));
    const auto lro = reading(host, "features.rx-lro");
    REQUIRE_FALSE(lro);
    CHECK(lro.error().code == ErrorCode::unsupported);
    CHECK(lro.error().message == "eth0 has no feature rx-lro");
}

TEST_CASE("a fixed feature among others does not keep them from being written", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(feature_cell("eth0", "tx-tcp-mangleid-segmentation"), "on on fixed");
    FakeSystem system(host);
    const Assignment assignments[] = {
        {row("features.tx-tcp-segmentation"), Value(false)},
        {row("features.tx-tcp-mangleid-segmentation"), Value(false)},
        {row("features.tx-tcp6-segmentation"), Value(false)},
    };
    const auto outcomes = bank.write(system, eth0, assignments);
    CHECK(outcomes.at(0));
    REQUIRE_FALSE(outcomes.at(1));
    CHECK(outcomes[1].error().code == ErrorCode::unsupported);
    CHECK(outcomes[1].error().message ==
          "tx-tcp-mangleid-segmentation of eth0 is fixed by the driver; it stays on");
    CHECK(outcomes.at(2));
    CHECK(host.text(feature_cell("eth0", "tx-tcp-segmentation")) == "off off");
    CHECK(host.text(feature_cell("eth0", "tx-tcp6-segmentation")) == "off off");
}

TEST_CASE("a feature that the driver did not take is refused, the taken ones are not", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.ignore_writes_to(feature_cell("eth0", "rx-gro"));
    FakeSystem system(host);
    const Assignment assignments[] = {{row("features.rx-gro"), Value(false)},
                                      {row("features.rx-ntuple-filter"), Value(true)}};
    const auto outcomes = bank.write(system, eth0, assignments);
    REQUIRE_FALSE(outcomes.at(0));
    CHECK(outcomes[0].error().message.find("rx-gro") != std::string::npos);
    CHECK(outcomes.at(1));
}

TEST_CASE("whether features can be changed is asked where not all of them were", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    FakeSystem system(host);
    unsigned looks = 0;
    system.before_look([&looks] { ++looks; });
    const Assignment off[] = {{row("features.tx-tcp-segmentation"), Value(false)}};
    CHECK(bank.may_hold(system, eth0, off).at(0));
    CHECK(looks == 0);  // nothing keeps a feature on
    REQUIRE(system.ethtool().set_features("eth0", {{"tx-tcp-segmentation", true}}));
    const unsigned looks_of_kernel = std::exchange(looks, 0U);
    CHECK(bank.write(system, eth0, off).at(0));
    CHECK(looks == looks_of_kernel);
}

TEST_CASE("ethtool's short name stands for all features that it means", "[nic]") {
    const auto rows = bank.tunables();
    const auto count = [&](std::string_view alias) {
        return std::ranges::count(rows, alias, &Tunable::alias);
    };
    CHECK(count("features.tso") == 5);
    CHECK(count("features.sg") == 2);
    CHECK(count("features.tx") == 5);
    for (const char* single :
         {"gso", "gro", "lro", "ufo", "rx", "rxvlan", "txvlan", "ntuple", "rxhash"}) {
        INFO(single);
        CHECK(count(std::string("features.") + single) == 1);
    }
}

TEST_CASE("a feature newer than the table is taken by the kernel's name", "[nic]") {
    const auto opened = bank.open("features.tx-new-thing");
    REQUIRE(opened);
    const Tunable feature = held(*opened);
    CHECK(feature.name == "features.tx-new-thing");
    CHECK(feature.domain.kind == Domain::Kind::flag);
}

TEST_CASE("what cannot be a feature's name is left to others", "[nic]") {
    for (const char* name : {"features.tos", "features.", "rx-lro", "features.RX-LRO",
                             "features.rx lro-", "ring.rx"}) {
        INFO(name);
        const auto opened = bank.open(name);
        REQUIRE(opened);
        CHECK_FALSE(*opened);
    }
}

TEST_CASE("names of the host are those that can be changed and have no row", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(feature_cell("eth0", "tx-new-thing"), "off off")
        .with(feature_cell("eth0", "tx-old-thing"), "off off fixed");
    FakeSystem system(host);
    const auto names = bank.open_names(system);
    CHECK(std::ranges::count(names, "features.tx-new-thing") == 1);
    CHECK(std::ranges::count(names, "features.tx-old-thing") == 0);
    CHECK(std::ranges::count(names, "features.rx-lro") == 0);
}

TEST_CASE("changing a feature needs CAP_NET_ADMIN", "[nic]") {
    FakeHost host = given::host().with_nic("eth0").lacks(Capability::net_admin);
    FakeSystem system(host);
    const auto allowed = bank.may_write(system, eth0, *row("features.rx-gro"));
    REQUIRE_FALSE(allowed);
    CHECK(allowed.error().code == ErrorCode::denied);
    CHECK(allowed.error().message.starts_with("CAP_NET_ADMIN is missing"));
}

namespace {

std::string kept_off(FakeHost& host, std::vector<std::pair<std::string_view, bool>> wanted) {
    std::vector<Assignment> assignments;
    for (const auto& [name, is_on] : wanted) {
        assignments.push_back({.tunable = row(name), .value = is_on});
    }
    FakeSystem system(host);
    const auto statuses = bank.may_hold(system, eth0, assignments);
    std::string text;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        text += statuses[i] ? std::string()
                            : std::string(wanted[i].first) + ": " + statuses[i].error().message;
    }
    return text;
}

}  // namespace

TEST_CASE("a feature is asked for together with what the kernel says that it needs", "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    const std::string off = "the kernel would keep it off: it ";
    for (const char* name :
         {"tx-scatter-gather", "rx-checksum", "tx-checksum-ip-generic", "tx-tcp-segmentation",
          "tx-tcp6-segmentation", "rx-gro-hw", "rx-fcs"}) {
        host.with(feature_cell("eth0", name), "off off");
    }
    for (const char* name : {"tx-checksum-ipv4", "tx-checksum-ipv6"}) {
        host.with(feature_cell("eth0", name), "off off fixed");
    }
    CHECK(kept_off(host, {{"features.tx-generic-segmentation", true}}) ==
          "features.tx-generic-segmentation: " + off + "needs tx-scatter-gather, which is off");
    CHECK(kept_off(host, {{"features.tx-generic-segmentation", true},
                          {"features.tx-scatter-gather", true}})
              .empty());
    CHECK(kept_off(host, {{"features.tx-tcp-segmentation", true},
                          {"features.tx-scatter-gather", true}}) ==
          "features.tx-tcp-segmentation: " + off +
              "needs tx-checksum-ip-generic or tx-checksum-ipv4, which are off");
    CHECK(kept_off(host, {{"features.tx-tcp-segmentation", true},
                          {"features.tx-scatter-gather", true},
                          {"features.tx-checksum-ip-generic", true}})
              .empty());
    CHECK(kept_off(host, {{"features.rx-gro-hw", true}, {"features.rx-checksum", false}}) ==
          "features.rx-gro-hw: " + off + "needs rx-checksum, which is to be off");
    CHECK(kept_off(host, {{"features.rx-fcs", true}, {"features.rx-lro", true}}) ==
          "features.rx-lro: " + off + "does not go with rx-fcs");
    CHECK(kept_off(host, {{"features.tx-scatter-gather", false}}).empty());
}

TEST_CASE("what a feature needs counts as it is asked for, and as it is where it is fixed",
          "[nic]") {
    FakeHost host = given::host().with_nic("eth0");
    host.with(feature_cell("eth0", "tx-scatter-gather"), "on off");  // overruled for now
    CHECK(kept_off(host, {{"features.tx-generic-segmentation", true}}).empty());
    host.with(feature_cell("eth0", "tx-scatter-gather"), "on off fixed");
    CHECK_FALSE(kept_off(host, {{"features.tx-generic-segmentation", true}}).empty());
}

namespace {

Status turned_on(FakeHost& host, bool is_written) {
    FakeSystem system(host);
    const Assignment on[] = {{row("features.rx-lro"), true}};
    return is_written ? bank.write(system, eth0, on).at(0) : bank.may_hold(system, eth0, on).at(0);
}

FakeHost host_below(const std::string& kind, const std::string& lro) {
    return given::host()
        .with_nic("upper0", {.kind = kind})
        .with(feature_cell("upper0", "rx-lro"), lro)
        .with_nic("eth0", {.master = "upper0"})
        .with(feature_cell("eth0", "rx-lro"), "off off");
}

}  // namespace

TEST_CASE("LRO below a device that never has it is refused before it is written", "[nic]") {
    FakeHost host = host_below("bridge", "off off fixed");
    const Status may = turned_on(host, false);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == ErrorCode::conflict);
    CHECK(may.error().message == "the kernel would keep it off: upper0, above it, never has it");
}

TEST_CASE("LRO of a bond's member that the bond keeps off is refused with the reason", "[nic]") {
    const bool is_on = GENERATE(true, false);
    FakeHost host = host_below("bond", is_on ? "on on" : "off off");
    if (!is_on) {
        host.adjust(feature_cell("eth0", "rx-lro"),
                    [](const Cells&, const Write&) { return std::string("on off"); });
    }
    CHECK(turned_on(host, false));  // the bond's own may be written first
    const Status written = turned_on(host, true);
    CHECK(written.has_value() == is_on);
    if (!is_on) {
        CHECK(written.error().message == "the kernel keeps it off: it is off on upper0, above it");
    }
}

TEST_CASE("LRO goes by what is above the device, and not by what only leaves by it", "[nic]") {
    const bool is_above = GENERATE(true, false);
    FakeHost host = given::host()
                        .with_nic("eth0")
                        .with(feature_cell("eth0", "rx-lro"), "off off")
                        .with_nic("other0", {.kind = is_above ? "vlan" : "gre", .over = "eth0"})
                        .with(feature_cell("other0", "rx-lro"), "off off fixed");
    if (is_above) {
        host.with("/sys/class/net/eth0/upper_other0/mtu", "1500");
    }
    CHECK(turned_on(host, false).has_value() == !is_above);
}

TEST_CASE("LRO that is on where packets are sent on is no reason to refuse other features",
          "[nic]") {
    FakeHost host = given::host()
                        .with_nic("eth0")
                        .with(feature_cell("eth0", "rx-lro"), "on on")
                        .with_sysctl("net.ipv4.conf.eth0.forwarding", "1");
    CHECK(turned_on(host, false));
}

TEST_CASE("LRO of a device that sends packets on is refused before it is written", "[nic]") {
    const std::string forwards = GENERATE(as<std::string>{}, "0", "1");
    FakeHost host = given::host()
                        .with_nic("eth0")
                        .with(feature_cell("eth0", "rx-lro"), "off off")
                        .with_sysctl("net.ipv4.conf.eth0.forwarding", forwards);
    const Status may = turned_on(host, false);
    CHECK(may.has_value() == (forwards == "0"));
    if (!may) {
        CHECK(may.error().message.contains("net/ipv4/conf/eth0/forwarding is turned on"));
    }
}
