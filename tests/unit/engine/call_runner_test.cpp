// What a thread that was given up may still use.
#include "engine/call_runner.hpp"

#include <atomic>
#include <future>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/no_threads.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("what makes systems outlives a runner whose call hangs", "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    auto plugins = std::make_shared<int>(1);  // stands for the code that the call runs
    const std::weak_ptr<int> seen = plugins;
    std::promise<void> returns;
    {
        CallRunner calls([&system, plugins] { return system.another(); });
        plugins.reset();
        const auto returned = returns.get_future().share();
        const Status done = calls.supervised(std::chrono::milliseconds(500), [&calls, returned] {
            static_cast<void>(calls.run("reading", [returned](System&) { returned.wait(); }));
        });
        REQUIRE_FALSE(done);
        CHECK(done.error().code == ErrorCode::timed_out);
    }
    CHECK_FALSE(seen.expired());
    returns.set_value();
}

TEST_CASE("what makes systems goes with a runner that gave nothing up", "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    auto plugins = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = plugins;
    {
        CallRunner calls([&system, plugins] { return system.another(); });
        plugins.reset();
        REQUIRE(calls.supervised(std::chrono::seconds(5), [&calls] {
            static_cast<void>(calls.run("reading", [](System&) {}));
        }));
    }
    CHECK(seen.expired());
}

TEST_CASE("a runner at rest has no system open, and the next work opens another",
          "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    int opened = 0;
    CallRunner calls([&] {
        ++opened;
        return system.another();
    });
    const auto work = [&calls] {
        return calls.supervised(std::chrono::seconds(5), [&calls] {
            static_cast<void>(calls.run("reading", [](System&) {}));
        });
    };
    calls.rest();
    REQUIRE(work());
    REQUIRE(work());
    CHECK(opened == 1);
    calls.rest();
    REQUIRE(work());
    CHECK(opened == 2);
}

TEST_CASE("work that lets its system go between two calls gets another", "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    int opened = 0;
    CallRunner calls([&] {
        ++opened;
        return system.another();
    });
    REQUIRE(calls.supervised(std::chrono::seconds(5), [&calls] {
        const auto call = [&calls] { return calls.run("reading", [](System&) {}); };
        CHECK(call());
        CHECK(call());
        calls.let_go();
        CHECK(call());
    }));
    CHECK(opened == 2);
}

TEST_CASE(
    "work that was begun goes on until it is asked for, and has the time that it allows itself",
    "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    std::promise<void> returns;
    const auto returned = returns.get_future().share();
    std::atomic<int> rounds = 0;
    CHECK(calls.begin([&calls, &rounds] {
        for (int round = 0; round < 3; ++round) {
            calls.allow(std::chrono::seconds(5));
            static_cast<void>(calls.run("reading", [&rounds](System&) { ++rounds; }));
        }
    }));
    CHECK(calls.end());
    CHECK(rounds == 3);
    CHECK(calls.begin([&calls, returned] {
        do {  // on a busy machine the time may be up before the call has begun
            calls.allow(std::chrono::milliseconds(50));
        } while (!calls.run("reading", [returned](System&) { returned.wait(); }));
    }));
    const Status hung = calls.end();
    REQUIRE_FALSE(hung);
    CHECK(hung.error().message.starts_with("reading: the kernel has not returned"));
    CHECK(calls.supervised(std::chrono::seconds(5), [] {}));
    returns.set_value();
}

TEST_CASE("where no thread is to be had nothing begins, but what must be taken back is",
          "[engine][timeout]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    CallRunner calls([&system] { return system.another(); });
    int done = 0;
    const auto work = [&calls, &done] {
        static_cast<void>(calls.run("writing", [&done](System&) { ++done; }));
    };
    {
        const NoThreads none;
        REQUIRE(none.is_so());
        const Status begun = calls.supervised(std::chrono::seconds(5), work);
        REQUIRE_FALSE(begun);
        CHECK(begun.error().code == ErrorCode::exhausted);
        CHECK(begun.error().message.starts_with("begin a thread: "));
        CHECK(done == 0);
        CHECK(calls.persevered(std::chrono::seconds(5), work).empty());
        CHECK(done == 1);
        CHECK(calls.supervised_if_possible(std::chrono::seconds(5), work));
        CHECK(done == 2);
    }
    CHECK(calls.supervised(std::chrono::seconds(5), work));
    CHECK(done == 3);
}
