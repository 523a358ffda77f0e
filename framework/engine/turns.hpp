// In which order changes are written: devices that are stacked on each other by what their settings
// need, and the members of a bond one after the other, so that it never loses all its links.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/target_groups.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// Groups that are written one after the other. Links are waited for before the next turn.
struct Turn {
    std::vector<TargetGroup> groups;
    /// Members of bonds whose link may go in this turn, with their bond; one of each bond.
    std::map<std::string, Candidate> members;
};

/// Whether the change may take its device's link away for a while.
[[nodiscard]] bool may_take_link(const Change& change);

/// `changes` grouped as the kernel takes them. What is of one device stays in its order.
[[nodiscard]] std::vector<Turn> turns_of(const std::vector<Change>& changes);

}  // namespace nanotune
