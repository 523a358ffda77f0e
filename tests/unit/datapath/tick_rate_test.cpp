// What a tick is worth, on a machine that has other things to do.
#include "datapath/worker/tick_rate.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace nanotune::datapath;

TEST_CASE("a tick is found to be worth the same each time, whoever else has the CPU",
          "[datapath]") {
    std::atomic<bool> stop{false};
    std::vector<std::thread> others;
    for (unsigned number = 0; number < 2 * std::thread::hardware_concurrency(); ++number) {
        others.emplace_back([&stop] {
            while (!stop.load()) {
            }
        });
    }
    std::vector<std::uint64_t> rates;
    for (int time = 0; time < 20; ++time) {
        rates.push_back(measured_ticks_per_second());
    }
    stop.store(true);
    for (std::thread& other : others) {
        other.join();
    }
    const auto [least, most] = std::ranges::minmax(rates);
    CHECK(least > 1'000'000);
    CHECK(most - least < least / 1000);
}
