// When a worker that ended by itself is begun again: soon, then ever later, and not without end.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include <nanotune/numbers.hpp>
#include <nanotune/workers.hpp>

namespace nanotune::worker {

class Restarts {
  public:
    using Clock = std::chrono::steady_clock;

    /// So many within a minute.
    explicit Restarts(unsigned most) : most_(most) {}

    /// What a worker's settings say.
    [[nodiscard]] static unsigned said_in(const WorkerSettings& settings) {
        constexpr unsigned otherwise = 5;
        const auto said = settings.find("restarts");
        return said == settings.end() ? otherwise
                                      : leading_number<unsigned>(said->second).value_or(otherwise);
    }
    /// So many from now on.
    void allow(unsigned most) noexcept { most_ = most; }
    /// Before the next one, longer from time to time; nothing where there were so many.
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause(Clock::time_point now) {
        while (!begun_.empty() && now - begun_.front() > window) {
            begun_.pop_front();
        }
        if (begun_.size() >= most_) {
            return std::nullopt;
        }
        return std::min(longest, first * (1U << std::min<std::size_t>(begun_.size(), 10)));
    }
    /// Of late.
    [[nodiscard]] std::size_t count() const { return begun_.size(); }
    void begin(Clock::time_point now) { begun_.push_back(now); }

  private:
    static constexpr auto window = std::chrono::minutes(1);
    static constexpr std::chrono::milliseconds first{100};
    static constexpr std::chrono::milliseconds longest{5'000};

    unsigned most_;
    std::deque<Clock::time_point> begun_;
};

}  // namespace nanotune::worker
