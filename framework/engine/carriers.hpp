// Links that changes take away for a while: a driver may set some things anew when its link comes
// back, and nobody can use the device before.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/survey.hpp"

namespace nanotune {

/// How a carrier is waited for.
struct CarrierWait {
    std::chrono::milliseconds patience{0};  ///< at most; half of the time that is left, if less
    std::function<void(const std::string&)> doing = {};  ///< told when it begins
    const std::atomic<bool>* cancelled = nullptr;        ///< ends it
};

/// Devices that had a carrier before they were changed.
class Carriers {
  public:
    /// `survey` must outlive this.
    Carriers(Survey& survey, CarrierWait how) : survey_(survey), how_(std::move(how)) {}

    /// Before the changes: remembers which of the devices whose link they may take have one.
    void expect(const std::vector<Change>& changes);
    /// After them: until these have it back, all together with one patience. One that did not come
    /// back is not waited for again.
    void wait();
    /// Whether a carrier was away since this was last asked.
    [[nodiscard]] bool was_away() { return std::exchange(was_away_, false); }
    /// A note for each device that is still without.
    [[nodiscard]] std::vector<std::string> missing();
    /// For taking the changes back, which may bring back what did not come back.
    [[nodiscard]] Carriers for_undoing(CarrierWait how) const;

  private:
    [[nodiscard]] bool has_carrier(const std::string& device);
    [[nodiscard]] bool is_over(CallClock::Time end) const;

    Survey& survey_;
    CarrierWait how_;
    std::set<std::string> seen_;      ///< asked about before they were changed
    std::set<std::string> expected_;  ///< had a carrier then
    std::set<std::string> changed_;   ///< of those, since they were last waited for
    std::set<std::string> lost_;      ///< waited for in vain
    bool was_away_ = false;
};

}  // namespace nanotune
