// What the changes of a plan take away, each once, but for what the plan itself sets.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/ledger.hpp"
#include "engine/spot.hpp"
#include "engine/survey.hpp"

namespace nanotune {

class Losses {
  public:
    /// Both must outlive it.
    Losses(const Plan& plan, const Ledger& ledger) : plan_(plan), ledger_(ledger) {}

    /// `cause` is one of the plan's changes. `of_device` is what the device itself holds of it: a
    /// part that holds the same comes back with the device. Without one everything counts.
    void add(const Change& cause, const SettingRef& setting, const Candidate& candidate,
             const std::optional<Value>& of_device = {}, bool is_carried = false);

    /// As they are now, without what is not there. Errors: those of reading one that may be.
    Result<std::vector<Change>> read(Survey& survey);

  private:
    /// A change that takes something away.
    struct Cause {
        const Change* change = nullptr;
        std::string text;
        bool is_back = false;  ///< to what it was before nanotune
    };
    void note(const Change& cause);
    [[nodiscard]] std::optional<Touched> recorded(const Change& change) const;

    const Plan& plan_;
    const Ledger& ledger_;
    std::set<Spot, std::less<>> known_;
    std::vector<Cause> causes_;
    std::vector<Change> losses_;
    std::vector<std::size_t> cause_of_;             // each
    std::vector<std::optional<Value>> of_devices_;  // for each
};

}  // namespace nanotune
