// Who looks at what nobody tells of while all is as it was applied.
#include "keeper_scene.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;
using namespace std::chrono_literals;

namespace {

struct VigilScene : KeeperScene {
    bool begin() {
        return keeper.begin_vigil([](Keeper::Clock::time_point) {}, [] {});
    }
    void look_at_all() {
        keeper.begin_anew(tuned);
        keeper.look({.is_whole = true}, tuned);
    }
};

}  // namespace

TEST_CASE_METHOD(VigilScene, "while all is as it was applied the polls go on by themselves",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 7\n");
    CHECK_FALSE(begin());  // nothing was looked at yet
    look_at_all();
    const auto until_poll = keeper.patience();
    REQUIRE(until_poll);
    REQUIRE(begin());
    CHECK_FALSE(keeper.patience());
    REQUIRE(service.vigil);
    const auto vigil = held(service.vigil);
    CHECK(vigil.pause == 7s);
    CHECK(vigil.first <= Keeper::Clock::now() + held(until_poll));
    service.next = Keeper::Clock::now() + 3s;
    keeper.end_vigil();
    CHECK_FALSE(service.vigil);
    REQUIRE(keeper.patience());
    CHECK(held(keeper.patience()) > 2s);
    CHECK(held(keeper.patience()) <= 3s);
    CHECK(log.empty());
}

TEST_CASE_METHOD(VigilScene, "what a vigil found is looked at at once", "[daemon][keeper]") {
    look_at_all();
    REQUIRE(begin());
    service.next = Keeper::Clock::now();
    keeper.end_vigil();
    CHECK(keeper.patience() == 0ms);
    see_drift();
    keeper.look({.is_whole = true}, tuned);
    CHECK(told.size() == 1);
    CHECK_FALSE(begin());  // what has drifted is looked at here
    CHECK(keeper.patience() > 20s);
}

TEST_CASE_METHOD(VigilScene,
                 "a call that hangs in a vigil is named, and the rest looked at at once",
                 "[daemon][keeper]") {
    look_at_all();
    REQUIRE(begin());
    service.next = failure(ErrorCode::timed_out, "reading nic.mtu on eth1: no answer");
    keeper.end_vigil();
    CHECK(log == std::vector<std::string>{"reading nic.mtu on eth1: no answer"});
    CHECK(keeper.patience() == 0ms);
}

TEST_CASE_METHOD(VigilScene, "whoever is owed something is looked after here", "[daemon][keeper]") {
    look_at_all();
    Standing frozen = tuned;
    frozen.frozen.emplace();
    keeper.look({.is_whole = true, .returned = {"eth1"}}, frozen);
    CHECK_FALSE(begin());
    keeper.look({.is_whole = true}, tuned);
    CHECK(begin());
}

TEST_CASE_METHOD(VigilScene, "what came and was looked at with everything else is owed no look",
                 "[daemon][keeper]") {
    look_at_all();
    service.applied_again.changed = true;
    keeper.look({.is_whole = true, .arrived = {"eth2"}}, tuned);
    CHECK(service.again.size() == 1);
    CHECK(begin());
}

TEST_CASE_METHOD(VigilScene, "without a poll there is no vigil", "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    look_at_all();
    CHECK_FALSE(begin());
}
