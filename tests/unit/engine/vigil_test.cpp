// Looks that go on by themselves.
#include <atomic>
#include <future>
#include <thread>

#include "model/observation.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace std::chrono_literals;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";
constexpr auto pause_between = 30s;
constexpr auto budget = 600ms;  // of these engines for a look

/// Who keeps one, and what was told of it.
struct VigilScene : PlainScene {
    std::atomic<int> looks = -1;  ///< that have seen nothing new
    std::promise<void> over;
    std::atomic<Vigil::Time> until = Vigil::Time();

    VigilScene() { REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted); }

    bool begin() {
        return engine.engine().begin_vigil({.first = engine.time().now() + pause_between,
                                            .pause = pause_between,
                                            .until =
                                                [this](Vigil::Time time) {
                                                    until = time;
                                                    ++looks;
                                                    looks.notify_all();
                                                },
                                            .over = [this] { over.set_value(); }});
    }
    /// Time passes until the next look has been.
    void pass() {
        const int until_now = looks;
        engine.time().sleep(pause_between);
        looks.wait(until_now);
    }
    /// Between two looks.
    void set_elsewhere(const std::string& text) { host.cells[swappiness] = text; }
};

}  // namespace

TEST_CASE_METHOD(VigilScene, "a vigil begins from what was seen as it was applied",
                 "[engine][vigil]") {
    CHECK_FALSE(begin());  // nobody has looked yet
    set_elsewhere("33");
    CHECK(engine.engine().observe({}).changed.size() == 1);
    CHECK_FALSE(begin());
    set_elsewhere("10");
    CHECK(engine.engine().observe({}).changed.empty());
    CHECK(begin());
    CHECK(engine.engine().end_vigil());
}

TEST_CASE_METHOD(VigilScene, "a vigil goes on while it sees the same, and tells until when",
                 "[engine][vigil]") {
    static_cast<void>(engine.engine().observe({}));
    REQUIRE(begin());
    CHECK(looks == 0);
    CHECK(until.load() == engine.time().now() + pause_between + budget);
    for (int look = 1; look <= 3; ++look) {
        pass();
        CHECK(looks == look);
        CHECK(until.load() == engine.time().now() + pause_between + budget);
    }
    const auto next = engine.engine().end_vigil();
    REQUIRE(next);
    CHECK(*next == engine.time().now() + pause_between);
    CHECK(over.get_future().wait_for(0s) == std::future_status::timeout);
}

TEST_CASE_METHOD(VigilScene, "a vigil that sees something else is over, and says so",
                 "[engine][vigil]") {
    static_cast<void>(engine.engine().observe({}));
    REQUIRE(begin());
    pass();
    set_elsewhere("33");
    engine.time().sleep(pause_between);
    over.get_future().wait();
    CHECK(looks == 1);
    const auto next = engine.engine().end_vigil();
    REQUIRE(next);
    CHECK(*next == engine.time().now());
    CHECK(engine.engine().observe({}).changed.size() == 1);
}

TEST_CASE_METHOD(VigilScene, "a call that hangs in a vigil is named by who ends it",
                 "[engine][vigil]") {
    static_cast<void>(engine.engine().observe({}));
    REQUIRE(begin());
    pass();
    host.hang_reads(swappiness);
    engine.time().sleep(pause_between);
    while (!engine.system().hangs()) {
        std::this_thread::yield();
    }
    const auto next = engine.engine().end_vigil();
    REQUIRE_FALSE(next);
    CHECK(next.error().code == ErrorCode::timed_out);
    CHECK(next.error().message.contains("memory.swappiness"));
    CHECK(looks == 1);
    CHECK(engine.engine().end_vigil());  // there is none any more
}

TEST_CASE_METHOD(VigilScene, "what is applied after a vigil is what the next one goes by",
                 "[engine][vigil]") {
    static_cast<void>(engine.engine().observe({}));
    REQUIRE(begin());
    REQUIRE(engine.engine().end_vigil());
    REQUIRE(engine.apply("[memory]\nswappiness = 20\n").exit == Exit::as_wanted);
    static_cast<void>(engine.engine().observe({}));
    looks = -1;
    REQUIRE(begin());
    pass();
    CHECK(looks == 1);
    CHECK(engine.engine().end_vigil());
}
