// What the profile in force wanted, or one before it, and the profile to come does not.
#pragma once

#include <array>
#include <map>
#include <set>
#include <vector>

#include "engine/foreseen.hpp"
#include "engine/ledger.hpp"
#include "engine/survey.hpp"
#include "engine/wanted.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// What earlier applies changed and a profile no longer wants.
class Returns {
  public:
    /// All must outlive it, and the ledger stays as it is meanwhile.
    Returns(const Ledger& ledger, const Catalog& catalog, Survey& survey);

    /// Changes back to the baseline, and what somebody else changed since. `wanted` holds every key
    /// of the profile, of this stage and those before it, and `planned` what is to become of those
    /// that carry others, which follow them again. What goes with earlier changes of the plan is
    /// left out.
    [[nodiscard]] Result<Plan> of(Stage stage, const Wanted& wanted, const Foreseen& foreseen,
                                  const ByKey<Value>& planned) const;

  private:
    const Ledger& ledger_;
    const Catalog& catalog_;
    Survey& survey_;
    /// What was changed, by the stage that would take it back.
    std::array<std::vector<SpotView>, std::size(all_stages)> spots_;
};

/// Of what would be taken back, leaves what `active` holds: nobody has asked for it back while the
/// same profile is applied once more. A program that has renamed itself keeps what it has, and so
/// does a device whose new name a glob does not take.
void leave_what_is_held(Plan& returns, const Applied* active);

/// Takes back after what the plan changes, but for a datapath that is not named any more: that ends
/// before others start, as it may be where they are to be.
void add_returns(Plan& plan, std::vector<Change> returns);

}  // namespace nanotune
