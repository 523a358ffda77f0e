// A time that passes only while the fake kernel keeps somebody waiting: what is in time does not go
// by how busy the machine is.
#pragma once

#include <set>

#include "engine/call_clock.hpp"
#include "support/fake_system.hpp"

namespace nanotune::test {

class KernelTime final : public CallClock {
  public:
    /// Must outlive this.
    explicit KernelTime(FakeSystem& system) : system_(system) {}

    [[nodiscard]] Time now() const override;
    void wait(std::condition_variable& signal, std::unique_lock<std::mutex>& lock,
              Time end) override;
    void give_up() override { system_.give_up(); }
    void wait_for_given_up(std::condition_variable& signal, std::unique_lock<std::mutex>& lock,
                           Time end) override;
    void sleep(Duration time) override;
    /// For the thread of a call: the kernel takes so long, and then goes on.
    void take(Duration time);

  private:
    bool pass(bool is_kept_waiting, Time end);

    FakeSystem& system_;
    mutable std::mutex mutex_;
    std::condition_variable passed_;
    std::multiset<Time> due_;  ///< when calls go on
    Time now_{std::chrono::hours(1)};
};

}  // namespace nanotune::test
