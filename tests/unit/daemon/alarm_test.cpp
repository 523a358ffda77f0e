// Sleeping until something comes or a time does, which others put off.
#include "daemon/alarm.hpp"

#include <atomic>
#include <thread>

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::daemon;
using namespace std::chrono_literals;

namespace {

Alarm opened() {
    auto alarm = Alarm::open();
    REQUIRE(alarm);
    return *std::move(alarm);
}

}  // namespace

TEST_CASE("an alarm waits until its time, and says that it has come", "[daemon][alarm]") {
    const Alarm alarm = opened();
    const auto at = Alarm::Clock::now() + 30ms;
    alarm.set(at);
    CHECK(alarm.wait());
    CHECK(Alarm::Clock::now() >= at);
    alarm.set(Alarm::Clock::now() - 1h);
    CHECK(alarm.wait());
    alarm.set(Alarm::Clock::time_point());
    CHECK(alarm.wait());
}

TEST_CASE("an alarm that rings says that its time has not come, and rings once for all",
          "[daemon][alarm]") {
    const Alarm alarm = opened();
    alarm.set(Alarm::Clock::now() + 1h);
    alarm.ring();
    alarm.ring();
    CHECK_FALSE(alarm.wait());
    const auto at = Alarm::Clock::now() + 30ms;
    alarm.set(at);
    CHECK(alarm.wait());
    CHECK(Alarm::Clock::now() >= at);
}

TEST_CASE("whoever sleeps by an alarm is not woken by who puts its time off", "[daemon][alarm]") {
    const Alarm alarm = opened();
    alarm.set(Alarm::Clock::now() + 1h);
    std::atomic<bool> has_come = false;
    std::thread other([&] {
        for (int put_off = 1; put_off <= 5; ++put_off) {
            std::this_thread::sleep_for(10ms);
            alarm.set(Alarm::Clock::now() + 1h + put_off * 1min);
        }
        has_come = true;
        alarm.set(Alarm::Clock::now());
    });
    CHECK(alarm.wait());
    CHECK(has_come);
    other.join();
}

TEST_CASE("a time that is never does not come, and who rings is heard", "[daemon][alarm]") {
    const Alarm alarm = opened();
    alarm.set(Alarm::Clock::now() + 20ms);
    alarm.set(std::nullopt);
    std::thread other([&] {
        std::this_thread::sleep_for(60ms);
        alarm.ring();
    });
    CHECK_FALSE(alarm.wait());
    other.join();
}
