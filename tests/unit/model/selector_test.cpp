// Which candidates a section takes.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using Kind = SectionSelector::Kind;

namespace {

Candidate nic(std::string name, bool is_virtual = false) {
    Candidate made{.target = Target::nic(name), .device = name};
    made.facts = {{"name", name},
                  {"driver", is_virtual ? "veth" : "ice"},
                  {"mac", "02:00:00:00:00:0a"},
                  {"altname", "enp3s0"},
                  {"altname", "lan-feed"},
                  {"kind", is_virtual ? "veth" : "physical"}};
    made.by_name_only = is_virtual;
    return made;
}

SectionSelector selector(Kind kind, std::string text) {
    SectionSelector made;
    made.kind = kind;
    made.text = std::move(text);
    return made;
}

SectionSelector matching(std::vector<std::pair<std::string, std::string>> match) {
    SectionSelector made;
    made.kind = Kind::match;
    made.match = std::move(match);
    return made;
}

}  // namespace

TEST_CASE("a device is taken by its name or any other name it has", "[selector]") {
    CHECK(selector(Kind::name, "eth0").takes(nic("eth0")));
    CHECK(selector(Kind::name, "lan-feed").takes(nic("eth0")));
    CHECK_FALSE(selector(Kind::name, "eth1").takes(nic("eth0")));
    CHECK(selector(Kind::glob, "eth*").takes(nic("eth0")));
    CHECK(selector(Kind::glob, "lan-*").takes(nic("eth0")));
    CHECK_FALSE(selector(Kind::glob, "wl*").takes(nic("eth0")));
}

TEST_CASE("virtual devices are taken by name only, unless `kind` is asked for", "[selector]") {
    const Candidate veth = nic("veth0", true);
    CHECK(selector(Kind::name, "veth0").takes(veth));
    CHECK_FALSE(selector(Kind::glob, "*").takes(veth));
    CHECK_FALSE(selector(Kind::whole, "").takes(veth));
    CHECK_FALSE(matching({{"driver", "veth"}}).takes(veth));
    CHECK(matching({{"kind", "veth"}}).takes(veth));
    CHECK(matching({{"kind", "any"}, {"name", "veth*"}}).takes(veth));
    CHECK(matching({{"kind", "any"}}).takes(nic("eth0")));
    CHECK_FALSE(matching({{"kind", "vf"}}).takes(nic("eth0")));
}

TEST_CASE("every match key must hold, and values may be globs", "[selector]") {
    CHECK(matching({{"driver", "ic*"}}).takes(nic("eth0")));
    CHECK(matching({{"driver", "ice"}, {"name", "eth0"}}).takes(nic("eth0")));
    CHECK_FALSE(matching({{"driver", "ice"}, {"name", "eth1"}}).takes(nic("eth0")));
    CHECK(matching({{"mac", "02:00:00:00:00:0A"}}).takes(nic("eth0")));
    CHECK(matching({{"altname", "lan-feed"}}).takes(nic("eth0")));
    CHECK_FALSE(matching({{"master", "bond0"}}).takes(nic("eth0")));
}

TEST_CASE("numbers take what covers one of them", "[selector]") {
    Candidate policy{.target = {"policy", "0"}};
    policy.ids = CpuSet::range(0, 3);
    SectionSelector two = selector(Kind::ids, "2");
    two.ids = CpuSet::of(2);
    CHECK(two.takes(policy));
    two.ids = CpuSet::of(4);
    CHECK_FALSE(two.takes(policy));
}

TEST_CASE("`when` asks for a host that has such a NIC, and for the NIC itself", "[selector]") {
    SectionSelector limited = selector(Kind::whole, "");
    limited.when = {{"driver", "ice"}};
    const std::vector<Candidate> with = {nic("veth0", true), nic("eth0")};
    const std::vector<Candidate> without = {nic("veth0", true)};
    CHECK(limited.holds_on(with));
    CHECK_FALSE(limited.holds_on(without));
    CHECK(selector(Kind::whole, "").holds_on({}));
    CHECK(limited.takes(nic("eth0")));
    CHECK(limited.takes(Candidate{.target = Target::host()}));
    SectionSelector other = selector(Kind::name, "eth0");
    other.when = {{"driver", "mlx5_core"}};
    CHECK_FALSE(other.takes(nic("eth0")));
}

TEST_CASE("a name outranks matches, more keys outrank fewer, then globs, then the kind",
          "[selector]") {
    const auto two_keys = matching({{"driver", "ice"}, {"kind", "any"}});
    const auto one_key = matching({{"driver", "ice"}});
    CHECK(selector(Kind::name, "eth0").rank() > two_keys.rank());
    CHECK(two_keys.rank() > one_key.rank());
    CHECK(one_key.rank() > selector(Kind::glob, "*").rank());
    CHECK(selector(Kind::glob, "*").rank() > selector(Kind::whole, "").rank());
    CHECK(selector(Kind::ids, "2").rank() > selector(Kind::whole, "").rank());
}
