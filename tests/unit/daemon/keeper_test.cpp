// What becomes of what others do to what is applied.
#include <chrono>
#include <thread>

#include "keeper_scene.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

TEST_CASE_METHOD(KeeperScene, "what is applied is looked at at once, without disturbing anybody",
                 "[daemon][keeper]") {
    service.seen.files = {"/proc/sys/vm/swappiness"};
    service.seen.devices = {"eth1"};
    service.seen.gone = {"eth2"};
    keeper.begin_anew(tuned);
    CHECK(keeper.patience() == std::chrono::milliseconds(0));
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.gazes.size() == 2);
    CHECK(service.gazes.front().is_quiet);
    // Once, for what happened while nobody watched: what is held of devices, their drivers too.
    CHECK_FALSE(service.gazes.back().is_quiet);
    CHECK(service.gazes.back().devices == std::set<std::string>{"eth1", "eth2"});
    REQUIRE(follows.size() == 1);
    CHECK(follows.front().files == std::set<std::string>{"/proc/sys/vm/swappiness"});
    CHECK(follows.front().devices == std::set<std::string>{"eth1", "eth2"});
    CHECK(held(keeper.patience()) > std::chrono::seconds(20));
    keeper.look({.is_whole = true}, tuned);
    CHECK(follows.size() == 1);  // the same as before
    CHECK(service.gazes.size() == 3);
}

TEST_CASE_METHOD(KeeperScene, "a device that is told of all the time does not put off the poll",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 60\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    const auto whole = held(keeper.patience());
    while (held(keeper.patience()) > whole - std::chrono::milliseconds(20)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto left = held(keeper.patience());
    keeper.look({.devices = {"eth1"}}, tuned);
    CHECK(held(keeper.patience()) <= left);

    policy("[drift]\npoll = 1\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    std::this_thread::sleep_for(held(keeper.patience()));
    const std::size_t before = service.gazes.size();
    keeper.look({.devices = {"eth1"}}, tuned);
    REQUIRE(service.gazes.size() == before + 2);
    CHECK(service.gazes[before].devices.empty());  // everything, as it is time for that
}

TEST_CASE_METHOD(KeeperScene, "a device that has gone has not been mended", "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(told.size() == 1);
    service.seen.changed.clear();
    service.seen.absent = {mtu};
    keeper.look({.is_whole = true}, tuned);
    CHECK(told.size() == 1);
    CHECK_FALSE(keeper.has_drifted());
}

TEST_CASE_METHOD(KeeperScene, "where nothing is held nobody looks, and nothing is followed",
                 "[daemon][keeper]") {
    Standing clean;
    keeper.begin_anew(clean);
    CHECK_FALSE(keeper.patience());
    keeper.look({.is_whole = true}, clean);
    CHECK_FALSE(keeper.patience());
    CHECK(service.gazes.empty());
    REQUIRE(follows.size() == 1);
    CHECK(follows.front() == Followed{});
}

TEST_CASE_METHOD(KeeperScene, "a device that something is told of is asked about itself",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    see_drift();
    keeper.look({.devices = {"eth1"}}, tuned);
    REQUIRE(service.gazes.size() == 2);
    CHECK_FALSE(service.gazes.back().is_quiet);
    CHECK(service.gazes.back().devices == std::set<std::string>{"eth1"});
    REQUIRE(told.size() == 1);
    CHECK(told.front().place == mtu);
    CHECK(keeper.has_drifted());
    CHECK(service.repairs.empty());  // the default only warns
}

TEST_CASE_METHOD(KeeperScene, "a drift is repaired where the host's file wants that",
                 "[daemon][keeper]") {
    policy("[drift]\npolicy = 'repair'\n");
    see_drift();
    service.repaired.rows = {service.seen.changed.front().row};
    service.repaired.rows.front().outcome = Outcome::changed;
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().places == std::vector{mtu});
    CHECK_FALSE(service.repairs.front().may_disturb);
    REQUIRE(told.size() == 2);
    CHECK(told.back().what == DriftEvent::What::repaired);
    CHECK_FALSE(keeper.has_drifted());
}

TEST_CASE_METHOD(KeeperScene, "a drift is repaired once a freeze is over, however long it was",
                 "[daemon][keeper]") {
    policy("[drift]\npolicy = 'repair'\n");
    Standing frozen = tuned;
    frozen.frozen = Frozen{};
    see_drift();
    keeper.begin_anew(frozen);
    for (int look = 0; look < 5; ++look) {
        keeper.look({.is_whole = true}, frozen);
    }
    CHECK(service.repairs.empty());
    CHECK(told.size() == 1);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().places == std::vector{mtu});
}

TEST_CASE_METHOD(KeeperScene, "a broken file of the host repairs nothing", "[daemon][keeper]") {
    policy("[drift]\npolicy = 'mend'\n");
    see_drift();
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK(service.repairs.empty());
    CHECK(told.size() == 1);
}

TEST_CASE_METHOD(KeeperScene, "without a poll nobody looks by himself", "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK_FALSE(keeper.patience());
}
