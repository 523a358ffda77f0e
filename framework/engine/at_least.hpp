// "At least this much": what a host has more of by itself stays.
#pragma once

#include <vector>

#include "engine/ledger.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// Raises each desire that is a lower bound (Desired::at_least) to what its target holds beyond
/// it. What an apply before has set there does not count: then it goes by the baseline, so that a
/// bound that an author lowers is lowered on the host. `readings` are those of the desires.
void keep_what_is_more(std::vector<Desired>& desired, const std::vector<Result<Reading>>& readings,
                       const Ledger& ledger);

}  // namespace nanotune
