#include "engine/call_thread.hpp"

#include <future>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

/// Which thread does the next work.
std::thread::id who_works(CallThread& thread, Afterwards afterwards = Afterwards::waits) {
    std::promise<std::thread::id> told;
    REQUIRE(thread.begin([&told] { told.set_value(std::this_thread::get_id()); }, afterwards));
    return told.get_future().get();
}

}  // namespace

TEST_CASE("one thread does one work after another", "[engine][timeout]") {
    CallThread thread;
    const std::thread::id first = who_works(thread);
    CHECK(first != std::this_thread::get_id());
    CHECK(who_works(thread) == first);
    CHECK(who_works(thread) == first);
}

TEST_CASE("what is begun has come to its end when the thread goes", "[engine][timeout]") {
    bool is_done = false;
    {
        CallThread thread;
        REQUIRE(thread.begin([&is_done] { is_done = true; }, Afterwards::waits));
    }
    CHECK(is_done);
}

TEST_CASE("what a work holds goes with it, and not with the thread", "[engine][timeout]") {
    CallThread thread;
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    REQUIRE(
        thread.begin([held = std::move(held)] { static_cast<void>(*held); }, Afterwards::waits));
    who_works(thread);
    CHECK(seen.expired());
}

TEST_CASE("work goes on while a thread is left alone with one that does not return",
          "[engine][timeout]") {
    std::promise<void> returns;
    std::promise<void> has_returned;
    CallThread thread;
    const std::thread::id first = who_works(thread);
    REQUIRE(thread.begin(
        [&] {
            returns.get_future().wait();
            has_returned.set_value();
        },
        Afterwards::waits));
    thread.leave();
    const std::thread::id second = who_works(thread);
    CHECK(second != first);
    CHECK(who_works(thread) == second);
    returns.set_value();
    has_returned.get_future().wait();
}

TEST_CASE("a thread that is not to wait for the next work is gone by then", "[engine][timeout]") {
    CallThread thread;
    who_works(thread, Afterwards::ends);
    // A thread that ends joins before the next begins; its number may be given again.
    CHECK(who_works(thread, Afterwards::ends) != std::this_thread::get_id());
    const std::thread::id third = who_works(thread);
    CHECK(who_works(thread) == third);
}

TEST_CASE("a thread that was ended holds nothing, and works on when there is more",
          "[engine][timeout]") {
    CallThread thread;
    thread.end();
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    REQUIRE(thread.begin([held = std::move(held)] {}, Afterwards::waits));
    thread.end();
    CHECK(seen.expired());
    CHECK(who_works(thread) != std::this_thread::get_id());
    thread.end();
    CHECK(who_works(thread, Afterwards::ends) != std::this_thread::get_id());
    thread.end();
}
