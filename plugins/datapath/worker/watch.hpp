// Looks after workers that have no time for anything but packets: reads the kernel's counters of
// them, how full their queues are, and what went wrong last.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include <nanotune/error.hpp>

#include "datapath/ports/device_presence.hpp"
#include "datapath/ports/membership.hpp"
#include "hardware.hpp"
#include "runner.hpp"
#include "shared.hpp"
#include "standstill.hpp"
#include "worker/system_log.hpp"

namespace nanotune::datapath {

/// One thread's, another than the workers'.
class Watch {
  public:
    /// Opens what needs rights. What is referred to outlives it. `name` is what the log calls the
    /// datapath.
    Watch(const Runners& runners, Shared& shared, std::string name);

    /// Sees that the kernel has the membership, and looks after it from now on. Errors: as the
    /// system's; refused where it has not.
    [[nodiscard]] Status follow(const Group& group);

    /// Looks whether the device is there, too, from now on, and, where frames are taken past the
    /// kernel, whether it has the addresses that it had.
    void follow(DevicePresence presence, bool past_the_kernel);

    /// Looks ten times a second until `stop`. Errors: not_found once the device has gone: no packet
    /// comes any more, and what is bound to it is not bound to one of the same name; conflict once
    /// it has another address, or somebody has taken the XDP program off; timed_out once a worker
    /// has not come back from a strategy for ten seconds that it had to go on in, which is said
    /// after two.
    [[nodiscard]] Status run(const std::atomic<bool>& stop);
    /// Looks once.
    void look();

  private:
    [[nodiscard]] Status stands() const;
    void look_at_usage(std::size_t number, bool is_anew);
    void look_for_errors();
    void look_at_membership();
    void look_for_watchers();
    void look_for_standstill();
    void tell_errors();
    [[nodiscard]] std::size_t longest_away() const;

    const Runners& runners_;
    Shared& shared_;
    std::string name_;
    worker::SystemLog log_;
    bool is_kept_;  ///< else nobody need hear what is written
    std::deque<HardwareCounters> hardware_;
    std::deque<Standstill> standstills_;
    std::chrono::steady_clock::time_point looked_ = std::chrono::steady_clock::now();
    std::optional<std::string> how_;  ///< it works, while one of them does not come back
    std::optional<MembershipFacts> membership_;
    std::optional<DevicePresence> presence_;
    bool is_past_kernel_ = false;
    std::array<std::uint64_t, nt_outcomes> seen_{};
    std::array<std::uint64_t, nt_outcomes> untold_{};
    unsigned until_told_ = 0;  ///< looks
    std::uint32_t resets_;     ///< of the counters, as was last seen
    std::uint64_t looks_ = 0;  ///< of those who trace
    unsigned trace_for_ = 0;   ///< looks
};

}  // namespace nanotune::datapath
