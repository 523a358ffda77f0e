// Whether the daemon answers at all, found out beside whatever is waited for: who waits is told
// whom for, and in the end that it is in vain.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "service/bus/bus.hpp"

namespace nanotune::cli {

/// Whoever waits for longer is told what for.
inline constexpr std::chrono::milliseconds longest_moment{1'000};

/// "30 s".
[[nodiscard]] std::string text_of(std::chrono::milliseconds patience);

/// Handles what has come over the connection, then waits for more, for a moment at most.
void turn(sdbus::IConnection& connection);

/// One connection's, which outlives it. What it throws is an sdbus::Error, as any call does.
class Pulse {
  public:
    using Tell = std::function<void(const std::string&)>;

    /// `who` is "nanotuned (process 812)"; it may keep silent for so long.
    Pulse(sdbus::IConnection& connection, std::string who, std::chrono::milliseconds patience);
    Pulse(const Pulse&) = delete;
    Pulse& operator=(const Pulse&) = delete;
    Pulse(Pulse&&) = delete;
    Pulse& operator=(Pulse&&) = delete;
    ~Pulse() = default;

    /// The daemon's version, waited for. `tell` is told when that takes longer than a moment.
    /// Throws: timed_out; what the daemon or the bus says.
    std::string version(const Tell& tell);
    /// For who waits for something else, at each turn: asks so often. Throws: timed_out.
    void feel(const Tell& tell, std::chrono::milliseconds between = std::chrono::seconds(1));

  private:
    using Clock = std::chrono::steady_clock;
    void ask();

    sdbus::IConnection& connection_;
    std::string who_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<sdbus::IProxy> manager_;
    Clock::time_point asked_;
    bool is_answered_ = true;
    bool is_told_ = false;  ///< of this silence
    std::string version_;
    std::optional<sdbus::Error> fault_;
};

}  // namespace nanotune::cli
