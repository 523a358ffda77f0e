// Devices stacked on each other: what the kernel does to the members of a bond with it, and what an
// upper device cannot have because of the one that carries it.
#pragma once

#include <vector>

#include "engine/host_view.hpp"
#include "engine/survey.hpp"
#include "model/problems.hpp"

namespace nanotune {

/// A bond hands its MTU to all members at once: each of them is to have it by itself, so that it is
/// given to one after the other. Whether there are any.
bool add_members(std::vector<Desired>& desired, HostView& host);

/// What is wanted of a VLAN and is more than what its lower device has, or is to have. `desired`
/// and `readings` are alike in length and order.
[[nodiscard]] Problems misfits_of_stacks(Survey& survey, const std::vector<Desired>& desired,
                                         const std::vector<Result<Reading>>& readings);

}  // namespace nanotune
