// Writes that depend on each other: a minimum above the old maximum, a port that another range
// excludes. The kernel refuses what comes too early, and which that is depends on the values.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <nanotune/bank.hpp>

namespace nanotune {

/// Writes each in order; what the kernel refused is tried again after the others, as long as one
/// more succeeds by that. One status for each, in order.
[[nodiscard]] std::vector<Status> written_in_turn(
    std::span<const Assignment> assignments, const std::function<Status(const Assignment&)>& write);

}  // namespace nanotune
