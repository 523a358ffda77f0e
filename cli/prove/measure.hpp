// What `nanotune prove` measures: each gives some samples of a host as it is now.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>

namespace nanotune::cli::prove {

/// More samples of one round are an error: all are kept until the end.
inline constexpr std::size_t most_samples = 200'000;

/// Something that can be measured again and again. One thread uses it at a time.
class Measure {
  public:
    Measure() = default;
    virtual ~Measure() = default;
    Measure(const Measure&) = delete;
    Measure& operator=(const Measure&) = delete;
    Measure(Measure&&) = delete;
    Measure& operator=(Measure&&) = delete;

    /// "timer wake-up on CPUs 2-3"
    [[nodiscard]] virtual std::string name() const = 0;
    /// "ns", or what the operator calls it; "" for a bare number.
    [[nodiscard]] virtual std::string unit() const { return "ns"; }
    /// The longest that it may take.
    [[nodiscard]] virtual std::chrono::milliseconds limit() const = 0;
    /// Measures now; at least one sample. Ends early, with an error, once `stop` is set.
    [[nodiscard]] virtual Result<std::vector<double>> samples(const std::atomic<bool>& stop) = 0;
};

/// On each of these CPUs a thread reads the clock (CLOCK_MONOTONIC) without a pause for
/// `duration`. Samples: the longest gap between two readings in each millisecond; a gap that
/// reaches over several counts in each of them. What keeps a busy thread from its CPU is seen:
/// interrupts, other tasks, and a hypervisor.
[[nodiscard]] std::unique_ptr<Measure> scheduler_jitter(CpuSet cpus,
                                                        std::chrono::milliseconds duration);

/// On each of these CPUs a thread sleeps (clock_nanosleep(2), TIMER_ABSTIME) until the next half
/// millisecond. Samples: how late it runs again.
[[nodiscard]] std::unique_ptr<Measure> timer_wake_up(CpuSet cpus,
                                                     std::chrono::milliseconds duration);

/// The client of `bench latency` in its closed loop, for `duration`. Samples: round trips. An
/// answer that is lost counts as one that took as long as it was waited for.
[[nodiscard]] std::unique_ptr<Measure> ping_pong(std::string target,
                                                 std::chrono::milliseconds duration);

/// A program of the operator's, by a shell. Samples: one number in each line of its output.
struct ProgramMeasure {
    std::string command;
    std::string unit;
    std::string folder;               ///< in which it runs
    std::chrono::milliseconds limit;  ///< after which it is killed
};
[[nodiscard]] std::unique_ptr<Measure> program_samples(ProgramMeasure program);

/// The numbers of a text, one a line; empty lines count for nothing. Errors: invalid, with the
/// line; not_found for none at all.
[[nodiscard]] Result<std::vector<double>> numbers_of(std::string_view text);

/// That something was asked to end before it had ended.
[[nodiscard]] std::unexpected<Error> stopped();

}  // namespace nanotune::cli::prove
