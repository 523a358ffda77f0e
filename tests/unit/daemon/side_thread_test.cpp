// What is still done where the daemon ends.
#include "daemon/side_thread.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <semaphore>
#include <thread>

#include <pthread.h>

#include "support/catch.hpp"

using nanotune::daemon::SideThread;

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

namespace {

/// While it is there, no thread can be had: none has room for so large a stack.
class NoThreads {
  public:
    NoThreads() {
        pthread_getattr_default_np(&before_);
        pthread_attr_t huge;
        pthread_attr_init(&huge);
        pthread_attr_setstacksize(&huge, std::size_t{1} << 60U);
        is_so_ = pthread_setattr_default_np(&huge) == 0;
        pthread_attr_destroy(&huge);
    }
    ~NoThreads() {
        pthread_setattr_default_np(&before_);
        pthread_attr_destroy(&before_);
    }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;
    NoThreads(NoThreads&&) = delete;
    NoThreads& operator=(NoThreads&&) = delete;

    [[nodiscard]] bool is_so() const { return is_so_; }

  private:
    pthread_attr_t before_{};
    bool is_so_ = false;
};

}  // namespace

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
