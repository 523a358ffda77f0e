// How long a busy thread is kept from its CPU, and how late a sleeping one runs again.
#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <thread>

#include <fmt/core.h>
#include <sched.h>

#include "../bench/market_data.hpp"
#include "measure.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr std::uint64_t millisecond = 1'000'000;

Status bind_to(unsigned cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return ::sched_setaffinity(0, sizeof set, &set) == 0
               ? Status()
               : kernel_failure(fmt::format("run on CPU {}", cpu), errno);
}

/// `gap` counts in each window that it reaches into, the one that it begins in among them.
void add_gap(std::vector<double>& longest, std::uint64_t began, std::uint64_t from,
             std::uint64_t until) {
    const auto gap = static_cast<double>(until - from);
    const std::size_t first = (from - began) / millisecond;
    const std::size_t last =
        std::min<std::size_t>((until - began) / millisecond, longest.size() - 1);
    for (std::size_t window = first; window <= last; ++window) {
        longest[window] = std::max(longest[window], gap);
    }
}

void spin(std::vector<double>& longest, const std::atomic<bool>& stop) {
    const std::uint64_t began = bench::now();
    const std::uint64_t end = began + longest.size() * millisecond;
    for (std::uint64_t before = began; before < end && !stop.load(std::memory_order_relaxed);) {
        const std::uint64_t now = bench::now();
        add_gap(longest, began, before, now);
        before = now;
    }
}

constexpr std::uint64_t timer_period = millisecond / 2;

void sleep_and_wake(std::vector<double>& late, const std::atomic<bool>& stop) {
    std::uint64_t due = bench::now() + timer_period;
    for (double& sample : late) {
        if (stop.load(std::memory_order_relaxed)) {
            return;
        }
        const timespec time{.tv_sec = static_cast<time_t>(due / 1'000'000'000),
                            .tv_nsec = static_cast<long>(due % 1'000'000'000)};
        while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
        }
        const std::uint64_t now = bench::now();
        sample = static_cast<double>(now - std::min(now, due));
        due += timer_period;
    }
}

using Work = void (*)(std::vector<double>& samples, const std::atomic<bool>& stop);

/// The same work on each of some CPUs, at the same time.
class OnCpus : public Measure {
  public:
    OnCpus(std::string_view what, CpuSet cpus, std::size_t samples, Work work)
        : what_(what), cpus_(std::move(cpus)), samples_(samples), work_(work) {}

    [[nodiscard]] std::string name() const override {
        return fmt::format("{} on {} {}", what_, cpus_.size() == 1 ? "CPU" : "CPUs", cpus_.list());
    }
    [[nodiscard]] std::chrono::milliseconds limit() const override {
        return std::chrono::milliseconds(samples_) + std::chrono::seconds(30);
    }
    Result<std::vector<double>> samples(const std::atomic<bool>& stop) override {
        std::vector<Part> parts;
        for (const unsigned cpu : cpus_.members()) {
            parts.push_back({.cpu = cpu, .samples = std::vector<double>(samples_)});
        }
        NT_CHECK(work_through(parts, stop));
        std::vector<double> all;
        for (const Part& part : parts) {
            NT_CHECK(part.bound);
            all.insert(all.end(), part.samples.begin(), part.samples.end());
        }
        return stop.load() ? Result<std::vector<double>>(stopped()) : all;
    }

  private:
    struct Part {
        unsigned cpu = 0;
        std::vector<double> samples;
        Status bound = {};
    };

    [[nodiscard]] Status work_through(std::vector<Part>& parts,
                                      const std::atomic<bool>& stop) const {
        std::vector<std::jthread> threads;
        try {
            for (Part& part : parts) {
                threads.emplace_back([this, &part, &stop] {
                    part.bound = bind_to(part.cpu);
                    if (part.bound) {
                        work_(part.samples, stop);
                    }
                });
            }
        } catch (const std::system_error& error) {
            return kernel_failure("start a thread", error.code().value());
        }
        return {};
    }

    std::string_view what_;
    CpuSet cpus_;
    std::size_t samples_;  ///< of each CPU
    Work work_;
};

}  // namespace

std::unique_ptr<Measure> scheduler_jitter(CpuSet cpus, std::chrono::milliseconds duration) {
    return std::make_unique<OnCpus>("scheduler jitter", std::move(cpus),
                                    static_cast<std::size_t>(duration.count()), spin);
}

std::unique_ptr<Measure> timer_wake_up(CpuSet cpus, std::chrono::milliseconds duration) {
    return std::make_unique<OnCpus>("timer wake-up", std::move(cpus),
                                    2 * static_cast<std::size_t>(duration.count()), sleep_and_wake);
}

std::unexpected<Error> stopped() {
    return failure(ErrorCode::timed_out, "interrupted while it was measured");
}

}  // namespace nanotune::cli::prove
