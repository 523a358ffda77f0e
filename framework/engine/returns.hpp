// What the profile in force wanted, or one before it, and the profile to come does not.
#pragma once

#include <map>
#include <set>

#include "engine/foreseen.hpp"
#include "engine/ledger.hpp"
#include "engine/survey.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// What earlier applies changed and the profile no longer wants: changes back to the baseline, and
/// what somebody else changed since. `wanted` holds every key of the profile, of all
/// stages, and `planned` what is to become of those that carry others, which follow them again.
/// What goes with earlier changes of the plan is left out.
[[nodiscard]] Result<Plan> returns_of(Stage stage, const std::set<Key>& wanted,
                                      const Catalog& catalog, const Ledger& ledger, Survey& survey,
                                      const Foreseen& foreseen,
                                      const std::map<Key, Value>& planned);

}  // namespace nanotune
