// Bonds, and what is stacked on them: members are changed one at a time, and no bond loses all its
// links.
#include <filesystem>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr unsigned some_looks = 3;
constexpr unsigned never = 0;
const std::string link_lost = "test:bond0:without";

std::string rings_of(const std::string& nic) {
    return "ethtool:" + nic + ":" + std::to_string(ETHTOOL_MSG_RINGS_GET) + ":*";
}

std::string mtu_of(const std::string& nic) {
    return link_number_cell(nic, IFLA_MTU);
}

/// Rings and the MTU take the member's link away; that the other one has none then is put down.
void lose_links(FakeHost& host, const std::string& member, const std::string& other,
                unsigned looks) {
    for (const std::string& pattern : {rings_of(member), mtu_of(member)}) {
        host.lose_carrier_on_write(pattern, member, looks);
        host.on_write(pattern, [other](Edit& edit, const Write&) {
            if (text_of(edit.cells(), link_cell(other, "carrier")) == "0") {
                edit.set(link_lost, "yes");
            }
        });
    }
}

/// Two cards in a bond with a VLAN on it, all of them losing the link for a while with their rings
/// and their MTU.
FakeHost host_with_bond(unsigned first_looks = some_looks, unsigned second_looks = some_looks) {
    FakeHost host = given::host()
                        .with_nic("bond0", {.kind = "bond"})
                        .with_nic("eth0", {.master = "bond0"})
                        .with_nic("eth1", {.master = "bond0"})
                        .with_nic("bond0.7", {.kind = "vlan", .over = "bond0"});
    lose_links(host, "eth0", "eth1", first_looks);
    lose_links(host, "eth1", "eth0", second_looks);
    return host;
}

std::size_t place_of(const std::vector<std::string>& writes, const std::string& write) {
    const auto found = std::ranges::find_if(
        writes, [&](const std::string& one) { return one.starts_with(write); });
    REQUIRE(found != writes.end());
    return static_cast<std::size_t>(found - writes.begin());
}

bool has_problem(const Report& report, std::string_view words) {
    return std::ranges::any_of(report.problems,
                               [&](const Error& error) { return error.message.contains(words); });
}

constexpr auto both_rings = "[nic.eth0]\nring.rx = 128\n[nic.eth1]\nring.rx = 128\n";

}  // namespace

TEST_CASE("members of a bond are changed one after the other, each with its link back first",
          "[engine][bond]") {
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    const Report applied =
        engine.apply("[nic]\nring.rx = 128\nring.tx = 256\nmtu = 1400\nfeatures.tso = false\n");
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(link_lost).empty());
    CHECK(host.text(mtu_of("eth1")) == "1400");
    CHECK(engine.verify().exit == Exit::as_wanted);

    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("a member whose link stays away keeps the next one from being touched",
          "[engine][bond]") {
    Scene scene(host_with_bond(never));
    auto& [host, before, folder, engine] = scene;
    const Report report = engine.apply(both_rings);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth1"))
              .message.contains("eth1 is the last member of bond0 that works; without a link: "
                                "eth0"));
    CHECK(host.text(link_cell("eth1", "carrier")) == "1");
    CHECK(host.text(link_lost).empty());
    const auto writes = engine.system().writes();
    CHECK(std::ranges::none_of(
        writes, [](const std::string& write) { return write.starts_with("ethtool:eth1:"); }));
}

TEST_CASE("a member that its bond does not use yet keeps the next one waiting", "[engine][bond]") {
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    // LACP does not agree any more once the link was away.
    host.on_write(rings_of("eth0"),
                  [](Edit& edit, const Write&) { edit.set(link_cell("eth0", "serves"), "0"); });
    const Report report = engine.apply(both_rings);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(host.text(link_cell("eth0", "carrier")) == "1");
    CHECK(host.text(link_cell("eth1", "carrier")) == "1");
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth1"))
              .message.contains("last member of bond0"));
    CHECK(text_of(report).contains("eth0 has its carrier again, but bond0 does not use it yet"));
}

TEST_CASE("a bond with one link has none to keep", "[engine][bond]") {
    Scene scene(host_with_bond().with(link_cell("eth0", "carrier"), "0"));
    auto& [host, before, folder, engine] = scene;
    const Report applied = engine.apply(both_rings);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::as_wanted);
    CHECK(host.text(link_cell("eth1", "carrier")) == "1");
}

TEST_CASE("rollback keeps a bond's links as apply does", "[engine][bond]") {
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(both_rings).exit == Exit::as_wanted);
    // The cable of the member that is restored first does not come back.
    host.on_write(rings_of("eth1"),
                  [](Edit& edit, const Write&) { edit.set(link_cell("eth1", "away"), "0"); });
    const Report report = engine.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(host.text(link_lost).empty());
    CHECK(host.text(link_cell("eth0", "carrier")) == "1");
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth0"))
              .message.contains("last member of bond0"));

    // The cable is back.
    host.with(link_cell("eth1", "carrier"), "1");
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX)) ==
          before.text(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX)));
}

TEST_CASE("what a killed rollback took of a bond is back before another member is touched",
          "[engine][bond]") {
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    REQUIRE(engine.apply(both_rings).exit == Exit::as_wanted);
    FakeHost killed = host;
    const ScratchFolder left(in_memory());
    host.on_write(rings_of("eth1"), [&](Edit& edit, const Write&) {
        killed.cells = edit.cells();
        std::filesystem::copy(folder.path(), left.path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
    });
    REQUIRE(engine.rollback().exit == Exit::as_wanted);
    REQUIRE(killed.text(link_cell("eth1", "carrier")) == "0");

    EngineOn next(killed, left.path());
    const Report report = next.rollback();
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(killed.text(link_lost).empty());
    CHECK(difference(before, killed) == no_difference);
}

TEST_CASE("a bond's MTU is given to its members one by one before it", "[engine][bond]") {
    const bool rises = GENERATE(true, false);
    const std::string mtu = rises ? "9000" : "1400";
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    const std::string profile = "[nic.bond0]\nmtu = " + mtu + "\n" +
                                (rises ? "[nic.\"bond0.7\"]\nmtu = " + mtu + "\n" : "");
    const Report planned = engine.planned(profile);
    INFO(text_of(planned));
    CHECK(row_at(planned, "nic.mtu", Target::nic("eth1")).message.contains("a member of bond0"));
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.exit == Exit::as_wanted);
    CHECK(host.text(link_lost).empty());
    CHECK(host.text(mtu_of("bond0")) == mtu);
    const auto writes = engine.system().writes();
    CHECK(place_of(writes, mtu_of("eth0") + "=" + mtu) <
          place_of(writes, mtu_of("eth1") + "=" + mtu));
    CHECK(place_of(writes, mtu_of("eth1") + "=" + mtu) <
          place_of(writes, mtu_of("bond0") + "=" + mtu));
    if (rises) {
        CHECK(place_of(writes, mtu_of("bond0") + "=" + mtu) <
              place_of(writes, mtu_of("bond0.7") + "=" + mtu));
    }
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(link_lost).empty());
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("an MTU of a member that contradicts its bond's is told with both lines",
          "[engine][bond]") {
    Scene scene(host_with_bond());
    const Report report = scene.engine.apply("[nic.bond0]\nmtu = 9000\n[nic.eth1]\nmtu = 1400\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    CHECK(has_problem(report, "test.toml:2"));
    CHECK(has_problem(report, "test.toml:4"));
    CHECK(scene.engine.system().writes().empty());
}

TEST_CASE("a VLAN cannot have more than what carries it: both lines are told before any write",
          "[engine][bond]") {
    Scene scene(host_with_bond());
    auto& [host, before, folder, engine] = scene;
    const Report both = engine.apply("[nic.\"bond0.7\"]\nmtu = 9000\n[nic.bond0]\nmtu = 4000\n");
    INFO(text_of(both));
    CHECK(both.exit == Exit::refused);
    CHECK(has_problem(both,
                      "test.toml:2:1: nic.mtu on bond0.7 = 9000 is more than bond0, which carries "
                      "it, is given by test.toml:4:1: 4000"));

    const Report alone = engine.apply("[nic.\"bond0.7\"]\nmtu = 9000\n");
    INFO(text_of(alone));
    CHECK(alone.exit == Exit::refused);
    CHECK(has_problem(alone, "bond0, which carries it, has: 1500; no line raises that"));

    // What it has by now would have to go as well.
    const Report falls = engine.apply("[nic.\"bond0.7\"]\nmtu = 1500\n[nic.bond0]\nmtu = 1400\n");
    INFO(text_of(falls));
    CHECK(falls.exit == Exit::refused);
    CHECK(engine.system().writes().empty());
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("the bounce of one member of a healthy bond is a bounce", "[engine][bond]") {
    Scene scene(host_with_bond());
    ApplyRequest request = apply_request();
    request.consent = Consent{};
    const Report report = scene.engine.apply("[nic.eth0]\nring.rx = 128\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth0")).message.contains("--allow drops"));
}

TEST_CASE("what carries the default route is found through VLAN and bond", "[engine][bond]") {
    Scene scene(host_with_bond().with("route:default", "bond0.7"));
    ApplyRequest request = apply_request();
    request.consent = Consent::from_words("drops").value();
    const Report report = scene.engine.apply("[nic.eth1]\nring.rx = 128\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::consent_missing);
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth1")).message ==
          "eth1 carries the default route through bond0.7: needs --allow management");
    CHECK(scene.engine.system().writes().empty());
    request.consent = Consent::from_words("drops,management").value();
    CHECK(scene.engine.apply("[nic.eth1]\nring.rx = 128\n", request).exit == Exit::as_wanted);
}
