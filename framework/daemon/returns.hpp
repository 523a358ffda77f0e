// Devices that come back again and again: each is given its settings again a few times, and then
// only once it has been long enough since; none is forgotten.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nanotune::daemon {

/// How a device is back.
enum class Return { came, went_up };

/// A value.
class Returns {
  public:
    using Clock = std::chrono::steady_clock;

    /// Whether the device may be given its settings now; if not, it is due later.
    bool admits(const std::string& device, Return how, Clock::time_point now);
    /// It did not get all of its settings: it is due again after a while.
    void failed(const std::string& device, Return how, Clock::time_point now);
    /// What is due by now. It is known no more.
    std::set<std::string> take_due(Return how, Clock::time_point now);
    /// When the next one is; nothing for never.
    [[nodiscard]] std::optional<Clock::time_point> next() const;
    void forget() { late_.clear(); }

  private:
    struct Late {
        Clock::time_point at;
        Return how = Return::came;
    };
    void postpone(const std::string& device, Return how, Clock::time_point at);

    std::map<std::string, std::vector<Clock::time_point>> times_;
    std::map<std::string, Late> late_;
};

}  // namespace nanotune::daemon
