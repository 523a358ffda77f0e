// The note by which commands find this daemon, left as soon as it can be: no daemon ends for want
// of it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "service/instance.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class NoteSide {
  public:
    using Clock = std::chrono::steady_clock;
    using Log = std::function<void(const std::string&)>;

    NoteSide(std::string state_folder, std::string file, Log log)
        : state_folder_(std::move(state_folder)), file_(std::move(file)), log_(std::move(log)) {}

    /// Leaves it, where it is not left and it is time to try; says once why it is not.
    void process(Clock::time_point now);
    /// Until that, in milliseconds (-1: never).
    [[nodiscard]] int patience(Clock::time_point now) const;
    /// For good.
    void remove();

  private:
    std::string state_folder_;
    std::string file_;
    Log log_;
    std::optional<InstanceNote> note_;
    std::optional<Clock::time_point> next_ = Clock::time_point::min();  ///< try
    std::string complaint_;
};

}  // namespace nanotune::daemon
