// Checks: settings that are read and compared, and that nobody writes.
#pragma once

#include "model/plan.hpp"

namespace nanotune {

/// Whether the change is one that nanotune writes (not a check).
[[nodiscard]] inline bool is_written(const Change& change) {
    return !change.desired.setting.tunable->check_only;
}

/// How a check that does not hold ends.
[[nodiscard]] inline Outcome failed_check(const Tunable& check) {
    return check.impact == Impact::needs_reboot ? Outcome::needs_reboot : Outcome::differs;
}

}  // namespace nanotune
