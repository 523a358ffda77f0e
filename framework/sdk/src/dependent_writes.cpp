#include <algorithm>

#include <nanotune/dependent_writes.hpp>

namespace nanotune {
namespace {

/// EBUSY as well: what the hardware prefers is busy while a governor rules it.
bool may_succeed_later(const Status& outcome) {
    return !outcome &&
           (outcome.error().code == ErrorCode::refused || outcome.error().code == ErrorCode::busy);
}

}  // namespace

std::vector<Status> written_in_turn(std::span<const Assignment> assignments,
                                    const std::function<Status(const Assignment&)>& write) {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const Assignment& assignment : assignments) {
        outcomes.push_back(write(assignment));
    }
    bool has_helped = std::ranges::any_of(outcomes, &Status::has_value);
    while (has_helped) {
        has_helped = false;
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            if (may_succeed_later(outcomes[i])) {
                outcomes[i] = write(assignments[i]);
                has_helped = has_helped || outcomes[i].has_value();
            }
        }
    }
    return outcomes;
}

}  // namespace nanotune
