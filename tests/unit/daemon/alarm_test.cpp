// Sleeping until something comes or a time does, which others put off.
#include "daemon/alarm.hpp"

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
    const auto began = Alarm::Clock::now();
    alarm.set(began + 100ms);
    std::thread other([&] {
        for (int put_off = 1; put_off <= 5; ++put_off) {
            std::this_thread::sleep_for(10ms);
            alarm.set(began + 100ms + put_off * 100ms);
        }
    });
    CHECK(alarm.wait());
    other.join();
    CHECK(Alarm::Clock::now() >= began + 600ms);
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
