// When the engine's thread looks by itself.
#include "daemon/look_times.hpp"

#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using nanotune::test::held;
using namespace std::chrono_literals;

namespace {

Standing in(HostState state) {
    Standing status;
    status.state = state;
    return status;
}

const LookTimes::Clock::time_point start{1h};

}  // namespace

TEST_CASE("the moment at which what nobody confirms is looked at is not put off by jobs",
          "[daemon][times]") {
    const Standing awaiting = in(HostState::awaiting_confirmation);
    LookTimes times;
    times.stood(start);
    const auto next = held(times.next(awaiting, std::nullopt, start));
    CHECK(next - start <= 1s);
    for (auto now = start; now < start + 5s; now += 300ms) {
        times.job_ended(now);
        CHECK(times.next(awaiting, 30s, now) == next);
    }
}

TEST_CASE("while nobody can read how the host stands it is looked at as if something awaited",
          "[daemon][times]") {
    LookTimes times;
    times.stood(start);
    CHECK(times.next(in(HostState::unknown), std::nullopt, start) == start + 1s);
}

TEST_CASE("what cannot be taken back is tried again later each time", "[daemon][times]") {
    const Standing overdue = in(HostState::overdue);
    LookTimes times;
    times.stood(start);
    auto before = 0ms;
    for (int i = 0; i < 10; ++i) {
        times.tried(false);
        const auto next = held(times.next(overdue, std::nullopt, start));
        const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(next - start);
        CHECK(pause >= before);
        CHECK(pause <= 60s);
        before = pause;
    }
    CHECK(before == 60s);
    times.tried(true);
    CHECK(held(times.next(overdue, std::nullopt, start)) - start == 1s);
}

TEST_CASE("the first look after a job waits for the next job, but not for ever",
          "[daemon][times]") {
    const Standing tuned = in(HostState::tuned);
    LookTimes times;
    CHECK(times.next(tuned, 0ms, start) == start);
    CHECK_FALSE(times.next(tuned, std::nullopt, start));
    auto now = start;
    for (; now < start + 299ms; now += 10ms) {
        times.job_ended(now);
    }
    CHECK(times.next(tuned, 0ms, start + 299ms) == start + 300ms);
    times.job_ended(start + 299ms);
    now = start + 301ms;
    CHECK(times.next(tuned, 0ms, now) == now);
    times.jobs_are_seen();
    times.job_ended(now);
    CHECK(times.next(tuned, 0ms, now) > now);
}
