// What a keeper does for devices that come, and where nobody knows what is awaited.
#include <algorithm>
#include <chrono>

#include "keeper_scene.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

TEST_CASE_METHOD(KeeperScene, "a link that was down has what others made of it left alone",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .up_again = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK_FALSE(service.repairs.front().may_disturb);
    CHECK(service.repairs.front().left == std::set{mtu});
    CHECK(service.again.empty());
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);  // its driver has forgotten it
    REQUIRE(service.repairs.size() == 2);
    CHECK(service.repairs.back().left.empty());
}

TEST_CASE_METHOD(KeeperScene, "what others may rule stays theirs when the device comes back",
                 "[daemon][keeper]") {
    policy("[drift]\npolicy = 'yield'\n");
    keeper.begin_anew(tuned);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().left == std::set{mtu});
}

TEST_CASE_METHOD(KeeperScene, "a device that came under another name gets its settings",
                 "[daemon][keeper]") {
    service.seen.gone = {"eth1"};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK(follows.back().has_away);
    service.seen.gone.clear();
    service.seen.devices = {"eth9"};
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth9"});
}

TEST_CASE_METHOD(KeeperScene, "a device that came while the host was frozen gets its own after it",
                 "[daemon][keeper]") {
    Standing frozen = tuned;
    frozen.frozen = Frozen{};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, frozen);
    CHECK(service.repairs.empty());
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth1"});
}

TEST_CASE_METHOD(KeeperScene, "what came during a freeze is not forgotten when that is thawed",
                 "[daemon][keeper]") {
    Standing frozen = tuned;
    frozen.frozen = Frozen{};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}, .arrived = {"eth7"}}, frozen);
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth1"});
    CHECK(service.again == std::vector<bool>{true, true});  // of eth1's interrupts, and for eth7
}

TEST_CASE_METHOD(KeeperScene, "what nobody could be told of is looked for once",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.is_whole = true, .missed_arrivals = true}, tuned);
    CHECK(service.again == std::vector<bool>{true});
    keeper.look({.is_whole = true}, tuned);
    CHECK(service.again.size() == 1);
}

TEST_CASE_METHOD(KeeperScene, "a device that has just arrived does not come back as well",
                 "[daemon][keeper]") {
    service.seen.devices = {"eth1"};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    service.seen.devices = {"eth1", "eth7"};
    keeper.look({.is_whole = true, .arrived = {"eth7"}}, tuned);
    CHECK(service.again.size() == 1);
    CHECK(service.repairs.empty());
}

TEST_CASE_METHOD(KeeperScene, "a device that nobody has known has the profile applied again",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    keeper.look({.arrived = {"eth7"}}, tuned);
    CHECK(service.again == std::vector<bool>{true});
    CHECK(service.repairs.empty());
}

TEST_CASE_METHOD(KeeperScene,
                 "where nobody knows what is awaited that is said once, and what came meanwhile "
                 "gets its own once somebody does",
                 "[daemon][keeper]") {
    service.awaits.processes = {{{"comm", "feed*"}}};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(follows.back().awaited == service.awaits);
    log.clear();
    service.forgotten = Error{.code = ErrorCode::damaged, .message = "no such profile"};
    service.applied_again.exit = Exit::refused;
    service.applied_again.problems = {*service.forgotten};
    for (long process = 1; process < 4; ++process) {
        keeper.look({.started = {process}}, tuned);
    }
    keeper.look({.is_whole = true}, tuned);
    CHECK(std::ranges::count(log, "what starts or comes gets nothing: no such profile") == 1);
    CHECK(follows.back().awaited == Awaited());  // who cannot be served is not waited for
    CHECK_FALSE(keeper.begin_vigil([](auto) {}, [] {}));

    service.forgotten.reset();
    service.applied_again = {};
    service.again.clear();
    keeper.look({.is_whole = true}, tuned);
    CHECK(log.back() == "what starts or comes gets its own again");
    CHECK(service.again.size() == 1);
    CHECK(follows.back().awaited == service.awaits);
}

TEST_CASE_METHOD(KeeperScene, "a device that comes back gets what was applied to it again",
                 "[daemon][keeper]") {
    keeper.begin_anew(tuned);
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    REQUIRE(service.repairs.size() == 1);
    CHECK(service.repairs.front().devices == std::set<std::string>{"eth1"});
    CHECK(service.repairs.front().may_disturb);
    CHECK(service.repairs.front().places.empty());
    CHECK(service.again == std::vector<bool>{true});  // for what has come under other numbers
}

TEST_CASE_METHOD(KeeperScene, "a device that comes and goes for ever is left for a while",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK_FALSE(keeper.patience());
    for (int i = 0; i < 9; ++i) {
        keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    }
    CHECK(service.repairs.size() == 5);
    CHECK_FALSE(log.empty());
    CHECK(keeper.patience());  // it is not forgotten, also where nothing is polled
    CHECK(held(keeper.patience()) <= std::chrono::minutes(11));
}

TEST_CASE_METHOD(KeeperScene, "a device that did not get all of its settings is tried again",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    service.repaired.exit = Exit::differs;
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    CHECK(service.repairs.size() == 1);
    CHECK(held(keeper.patience()) <= std::chrono::seconds(30));
}

TEST_CASE_METHOD(KeeperScene, "nobody looks again for a device's sake where nothing is held",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    service.repaired.exit = Exit::differs;
    keeper.look({.devices = {"eth1"}, .returned = {"eth1"}}, tuned);
    keeper.look({.is_whole = true}, {});
    CHECK_FALSE(keeper.patience());
}
