// What a keeper does for programs that start.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "keeper_scene.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace nanotune::test;

TEST_CASE("who starts programs without end has the profile applied once a second",
          "[daemon][keeper]") {
    TakingIn starts(20, std::chrono::seconds(1));
    const TakingIn::Clock::time_point begun;
    constexpr std::chrono::milliseconds between{10};
    int admitted = 0;
    bool is_soon = true;
    for (auto now = begun; now < begun + std::chrono::minutes(10); now += between) {
        admitted += starts.admits(now) ? 1 : 0;
        const auto due = starts.due();
        is_soon = is_soon && (!due || *due - now <= std::chrono::seconds(1));
    }
    CHECK(is_soon);
    CHECK(admitted <= 20 + 600);
    CHECK(admitted >= 20 + 590);
}

TEST_CASE("services that are restarted one after the other wait for nothing", "[daemon][keeper]") {
    TakingIn starts(20, std::chrono::seconds(1));
    TakingIn::Clock::time_point now;
    for (int round = 0; round < 10; ++round, now += std::chrono::seconds(30)) {
        for (int program = 0; program < 20; ++program) {
            CHECK(starts.admits(now + program * std::chrono::milliseconds(5)));
        }
        CHECK_FALSE(starts.due());
    }
}

TEST_CASE_METHOD(KeeperScene, "programs that start all the time get their own a second later",
                 "[daemon][keeper]") {
    policy("[drift]\npoll = 0\n");
    service.awaits.processes = {{{"comm", "feed*"}}};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    CHECK(service.again.size() == 1);  // for what has started before anybody watched
    const auto begun = std::chrono::steady_clock::now();
    for (long process = 1; process < 50; ++process) {
        keeper.look({.started = {process}}, tuned);
    }
    // One more for each second that a busy machine has taken for that.
    const auto most = [begun] {
        return 21U + static_cast<std::size_t>((std::chrono::steady_clock::now() - begun) /
                                              std::chrono::seconds(1));
    };
    CHECK(service.again.size() >= 20);
    CHECK(service.again.size() <= most());
    const std::size_t before = service.again.size();
    keeper.look({.arrived = {"eth7"}}, tuned);  // devices are counted for themselves
    CHECK(service.again.size() == before + 1);
    CHECK(keeper.patience());  // they are not forgotten, also where nothing is polled
    CHECK(held(keeper.patience()) <= std::chrono::seconds(1));
    std::this_thread::sleep_for(held(keeper.patience()));
    keeper.look({}, tuned);
    CHECK(service.again.size() == before + 2);
    CHECK_FALSE(keeper.patience());
}

TEST_CASE_METHOD(KeeperScene, "programs that nobody could be told of, again and again, wait for it",
                 "[daemon][keeper]") {
    service.awaits.processes = {{{"comm", "feed*"}}};
    keeper.begin_anew(tuned);
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
        keeper.look({.is_whole = true, .missed_starts = true}, tuned);
    }
    const auto seconds = (std::chrono::steady_clock::now() - begun) / std::chrono::seconds(1);
    CHECK(service.again.size() >= 20);
    CHECK(service.again.size() <= 21 + static_cast<std::size_t>(seconds));
    // And no link of any device bounces.
    CHECK(std::ranges::none_of(service.again, [](bool may_bounce) { return may_bounce; }));
}

TEST_CASE_METHOD(KeeperScene, "a thread that the profile keeps gets back what others change of it",
                 "[daemon][keeper]") {
    std::ifstream own("/proc/self/comm");
    std::string comm;
    std::getline(own, comm);
    const bool is_kept = GENERATE(true, false);
    service.awaits.kept = {{{"comm", is_kept ? comm : "another"}}};
    const HeldPlace thread{"process.thread.scheduling",
                           {"thread", fmt::format("{0}/{0}:1", ::getpid())}};
    service.seen.changed = {{.row = {.setting = thread.setting,
                                     .target = thread.target,
                                     .before = "fifo:80",
                                     .wanted = "fifo:80",
                                     .got = "other",
                                     .outcome = Outcome::differs,
                                     .origin = {},
                                     .message = {}}}};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    if (is_kept) {
        REQUIRE(service.repairs.size() == 1);
        CHECK(service.repairs.front().places == std::vector{thread});
    } else {
        CHECK(service.repairs.empty());
    }
}

TEST_CASE_METHOD(KeeperScene, "a process that starts gets its own, and nothing else is disturbed",
                 "[daemon][keeper]") {
    service.awaits.processes = {{{"comm", "feed*"}}};
    keeper.begin_anew(tuned);
    keeper.look({.is_whole = true}, tuned);
    REQUIRE(follows.size() == 1);
    CHECK(follows.front().awaited == service.awaits);
    keeper.look({.started = {812}}, tuned);
    CHECK(service.again == std::vector<bool>{false, false});  // the first, for what ran already
    CHECK(keeper.take_has_written());
    CHECK_FALSE(keeper.take_has_written());
    CHECK(service.gazes.size() == 1);
}
