// A worker that does not come back from its strategy, and others that only look like it.
#include "datapath/worker/standstill.hpp"

#include <atomic>
#include <thread>

#include <unistd.h>

#include "support/catch.hpp"

using namespace nanotune::datapath;
using namespace std::chrono_literals;

namespace {

/// A thread that spins until it is told to end, or that waits.
class Away {
  public:
    explicit Away(bool spins)
        : thread_([this, spins] {
              number_.store(static_cast<std::uint32_t>(::gettid()));
              number_.notify_one();
              while (spins && !is_over_.load()) {
              }
              is_over_.wait(false);
          }) {
        number_.wait(0);
    }
    ~Away() {
        is_over_.store(true);
        is_over_.notify_one();
        thread_.join();
    }
    Away(const Away&) = delete;
    Away& operator=(const Away&) = delete;
    Away(Away&&) = delete;
    Away& operator=(Away&&) = delete;

    [[nodiscard]] std::uint32_t number() const { return number_.load(); }

  private:
    std::atomic<std::uint32_t> number_{0};
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

}  // namespace

TEST_CASE("a thread that does not come back is away for as long as it could go on", "[datapath]") {
    for (const bool spins : {true, false}) {
        const Away away(spins);
        Standstill standstill(away.number());
        while (standstill.lasts() < 20ms) {
            const auto before = standstill.lasts();
            standstill.look(7, 1ms);
            CHECK(standstill.lasts() - before <= 1ms);
            std::this_thread::yield();
        }
        standstill.look(8, 1ms);
        CHECK(standstill.lasts() == 0ms);
    }
}

TEST_CASE("who waits for packets, or comes back between two looks, is not away", "[datapath]") {
    const Away away(true);
    Standstill standstill(away.number());
    for (std::uint64_t look = 0; look < 100; ++look) {
        standstill.look(4, 1ms);
        CHECK(standstill.lasts() == 0ms);
    }
    for (std::uint64_t calls = 5; calls < 200; calls += 2) {
        standstill.look(calls, 1ms);
        CHECK(standstill.lasts() == 0ms);
    }
}

TEST_CASE("who is stopped, or has no CPU, does not wait of his own accord", "[datapath]") {
    CHECK(tells_of_waiting("77 (worker 0) S 1 77 77 0"));
    CHECK(tells_of_waiting("77 (of ) R names) D 1 77"));
    for (const char* facts : {"77 (worker 0) R 1 77", "77 (worker 0) T 1", "77 (worker 0) t 1",
                              "77 (S) R 1", "77 (worker 0)", "", " S"}) {
        INFO(facts);
        CHECK_FALSE(tells_of_waiting(facts));
    }
}
