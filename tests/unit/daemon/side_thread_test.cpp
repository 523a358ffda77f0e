// What is still done where the daemon ends.
#include "daemon/side_thread.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <semaphore>
#include <thread>

#include "support/catch.hpp"
#include "support/no_threads.hpp"

using nanotune::daemon::SideThread;
using nanotune::test::NoThreads;

TEST_CASE("at the end what is owed is done, and nothing else begins", "[daemon][side]") {
    std::binary_semaphore has_begun(0);
    std::binary_semaphore may_end(0);
    std::atomic<int> owed = 0;
    std::atomic<int> others = 0;
    std::optional<SideThread> side(std::in_place);
    REQUIRE(side->submit([&] {
        has_begun.release();
        may_end.acquire();
    }));
    has_begun.acquire();
    REQUIRE(side->submit([&] { ++others; }));
    REQUIRE(side->submit([&] { ++owed; }, true));
    // The first task is waited for, and let go once the end is asked for.
    std::thread letting_go([&may_end] {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        may_end.release();
    });
    side.reset();
    letting_go.join();
    CHECK(owed == 1);
    CHECK(others == 0);
}

TEST_CASE("what is owed is taken however much else waits, goes first, and is bounded, too",
          "[daemon][side]") {
    std::binary_semaphore has_begun(0);
    std::binary_semaphore may_end(0);
    std::atomic<int> owed = 0;
    std::atomic<int> owed_before_others = -1;
    std::optional<SideThread> side(std::in_place);
    REQUIRE(side->submit([&] {
        has_begun.release();
        may_end.acquire();
    }));
    has_begun.acquire();
    std::binary_semaphore others_done(0);
    int others = 0;
    while (side->submit([&] {
        if (owed_before_others < 0) {
            owed_before_others = owed.load();
            others_done.release();
        }
    })) {
        REQUIRE(++others < 1'000);
    }
    CHECK(others == 16);
    int taken = 0;
    while (side->submit([&] { ++owed; }, true)) {
        REQUIRE(++taken < 10'000);
    }
    CHECK(taken == 1024);
    may_end.release();
    others_done.acquire();
    side.reset();
    CHECK(owed == taken);
    CHECK(owed_before_others == taken);
}

TEST_CASE("where no thread is to be had a task is not taken, and the next one may be",
          "[daemon][side]") {
    std::atomic<int> done = 0;
    {
        SideThread side;
        {
            const NoThreads none;
            REQUIRE(none.is_so());
            CHECK_FALSE(side.submit([&] { done += 1; }));
            CHECK_FALSE(side.submit([&] { done += 1; }, true));
        }
        CHECK(side.submit([&] { done += 10; }, true));
    }
    CHECK(done == 10);
}
