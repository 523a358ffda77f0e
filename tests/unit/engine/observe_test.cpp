// Looking at what is held without disturbing anybody, and writing it again.
#include <linux/ethtool_netlink.h>

#include <nanotune/host_error.hpp>

#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";
const HeldPlace swap_place{"memory.swappiness", Target::host()};

constexpr auto nic_profile =
    "[memory]\nswappiness = 10\n[nic.eth0]\nring.rx = 1024\nmtu = 1400\nfeatures.tso = false\n"
    "[nic.eth0.queue.0]\nrps.cpus = '1'\n";
const std::string ring = ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX);

FakeHost nic_host() {
    return given::plain_host().with_nic("eth0");
}

struct NicScene : Scene {
    NicScene() : Scene(nic_host()) {
        const Report report = engine.apply(nic_profile);
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
    }
};

}  // namespace

TEST_CASE_METHOD(PlainScene, "where nothing is held there is nothing to see", "[engine][observe]") {
    CHECK(engine.engine().observe({}).is_blind);
}

TEST_CASE_METHOD(PlainScene,
                 "what is as it was applied is seen so, with the file that it stands in",
                 "[engine][observe]") {
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    const Observation seen = engine.engine().observe({});
    CHECK_FALSE(seen.is_blind);
    CHECK(seen.changed.empty());
    CHECK(seen.as_applied == std::vector{swap_place});
    CHECK(seen.files == std::set<std::string>{swappiness});
}

TEST_CASE_METHOD(PlainScene, "what somebody else set is seen with what it was and what it is",
                 "[engine][observe]") {
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    const Observation seen = engine.engine().observe({});
    REQUIRE(seen.changed.size() == 1);
    CHECK(seen.changed.front().row.before == "10");
    CHECK(seen.changed.front().row.got == "33");
    CHECK(seen.changed.front().files == std::vector<std::string>{swappiness});
    CHECK(seen.as_applied.empty());
}

TEST_CASE_METHOD(NicScene, "a quiet look asks no driver, and sees the rest", "[engine][observe]") {
    host.cells[ring] = "256";
    host.cells[swappiness] = "33";
    const Observation seen = engine.engine().observe({.is_quiet = true});
    REQUIRE(seen.changed.size() == 1);
    CHECK(seen.changed.front().row.setting == "memory.swappiness");
    CHECK(std::ranges::find(seen.as_applied, HeldPlace{"nic.ring.rx", Target::nic("eth0")}) ==
          seen.as_applied.end());
    CHECK(std::ranges::find(seen.as_applied, HeldPlace{"nic.mtu", Target::nic("eth0")}) !=
          seen.as_applied.end());
    CHECK(seen.devices == std::set<std::string>{"eth0"});
}

TEST_CASE_METHOD(NicScene, "a look at a device sees all of it, and nothing else",
                 "[engine][observe]") {
    host.cells[ring] = "256";
    host.cells[swappiness] = "33";
    const Observation seen = engine.engine().observe({.is_quiet = false, .devices = {"eth0"}});
    REQUIRE(seen.changed.size() == 1);
    CHECK(seen.changed.front().row.setting == "nic.ring.rx");
    CHECK(seen.changed.front().row.got == "256");
}

TEST_CASE_METHOD(PlainScene, "what is repaired is as it was applied, and the journal knows no more",
                 "[engine][repair]") {
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    const Report report = engine.engine().repair({.places = {swap_place}});
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.changed);
    CHECK(host.cells.at(swappiness) == "10");
    CHECK(engine.status().applies == 1);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.cells == before.cells);
}

TEST_CASE_METHOD(NicScene, "a repair that may not disturb leaves what would", "[engine][repair]") {
    host.cells[ring] = "256";
    const HeldPlace place{"nic.ring.rx", Target::nic("eth0")};
    CHECK(engine.engine().repair({.places = {place}}).rows.empty());
    CHECK(host.cells.at(ring) == "256");
    const Report report = engine.engine().repair({.places = {place}, .may_disturb = true});
    INFO(text_of(report));
    CHECK(host.cells.at(ring).starts_with("1024"));
}

TEST_CASE_METHOD(NicScene, "a device that has lost everything gets all of it back, and only that",
                 "[engine][repair]") {
    const Cells tuned = host.cells;
    for (const auto& [key, text] : before.cells) {
        if (key.contains("eth0")) {
            host.cells[key] = text;
        }
    }
    host.cells[swappiness] = "33";
    REQUIRE_FALSE(host.cells.at(ring).starts_with("1024"));
    const Report report = engine.engine().repair({.devices = {"eth0"}, .may_disturb = true});
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.cells.at(swappiness) == "33");
    host.cells[swappiness] = "10";
    CHECK(difference(tuned, host.cells) == no_difference);
}

TEST_CASE_METHOD(PlainScene, "nothing is repaired while the host is frozen", "[engine][repair]") {
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    host.cells[swappiness] = "33";
    engine.freeze({.code = error_frozen, .message = "frozen: trading"});
    const Report report = engine.engine().repair({.places = {swap_place}});
    CHECK(report.exit == Exit::refused);
    CHECK(host.cells.at(swappiness) == "33");
}
