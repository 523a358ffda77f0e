// Links that changes take away for a while: a driver may set some things anew when its link comes
// back, nobody can use the device before, and a bond needs another one meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/bonds.hpp"
#include "engine/survey.hpp"
#include "engine/turns.hpp"

namespace nanotune {

/// What was killed before this (an apply or a repair, or a rollback), and may have left a device
/// without a carrier. Of a rollback nobody recorded which ones had one.
enum class Killed { nothing, apply, rollback };

/// How a carrier is waited for.
struct CarrierWait {
    std::chrono::milliseconds patience{0};  ///< at most; half of the time that is left, if less
    std::function<void(const std::string&)> doing = {};  ///< told when it begins
    Killed killed = Killed::nothing;
    const std::atomic<bool>* cancelled = nullptr;  ///< ends it
};

/// Devices that had a carrier before they were changed.
class Carriers {
  public:
    /// `survey` must outlive this.
    Carriers(Survey& survey, CarrierWait how) : survey_(survey), how_(std::move(how)) {}

    /// Before it is made: whether its device has a carrier that it may take away for a while.
    [[nodiscard]] bool may_take(const Change& change);
    /// After a kill: a device may be without one by a change of what was killed. Before that it had
    /// one, where that is known. Whatever is changed of it is waited for, and it at the end.
    void recall(const std::string& device, bool is_known);
    void wait_for_recalled();
    /// Before a turn's changes: remembers which of the devices whose link they may take have one.
    void expect(const std::vector<const Change*>& changes);
    /// Before a turn: waits until each bond that had two members which work has another one than
    /// the member of this turn. Errors: refused, where none comes.
    Status spare(const Turn& turn);
    /// After a turn: until these have it back, all together with one patience, and their bonds use
    /// them again. One that did not come back is not waited for again.
    void wait();
    [[nodiscard]] Killed killed() const { return how_.killed; }
    /// Whether a carrier was away since this was last asked.
    [[nodiscard]] bool was_away() { return std::exchange(was_away_, false); }
    /// A note for each device that is still without.
    [[nodiscard]] std::vector<std::string> missing();
    /// For taking the changes back, which may bring back what did not come back.
    [[nodiscard]] Carriers for_undoing(CarrierWait how) const;

  private:
    Status spare(const std::string& bond, const std::string& member);
    void note(const Candidate& candidate);
    void wait_for(const std::set<std::string>& devices);
    [[nodiscard]] bool has_carrier(const std::string& device);
    [[nodiscard]] bool is_listed_with_carrier(const std::string& device) const;
    /// Whether it has one, and its bond uses it as it did before.
    [[nodiscard]] bool is_back(const std::string& device);
    [[nodiscard]] Result<BondState> state_of(const std::string& bond);
    [[nodiscard]] CallClock::Time end_of_patience(int times) const;
    [[nodiscard]] bool is_over(CallClock::Time end) const;
    void tell(const std::string& what) const;

    Survey& survey_;
    CarrierWait how_;
    std::set<std::string> seen_;                  ///< asked about before they were changed
    std::set<std::string> expected_;              ///< had a carrier then
    std::set<std::string> changed_;               ///< of those, since they were last waited for
    std::set<std::string> lost_;                  ///< waited for in vain
    std::map<std::string, bool> recalled_;        ///< after a kill, and whether they had one before
    std::map<std::string, BondState> bonds_;      ///< as they were then
    std::map<std::string, std::string> members_;  ///< of those bonds, with their bond
    bool was_away_ = false;
    bool is_changing_ = false;  ///< since a turn's changes were about to be made
};

}  // namespace nanotune
