// What targets say of themselves, held against the profile before anything is written.
#pragma once

#include <memory>
#include <vector>

#include "engine/steady_system.hpp"
#include "engine/survey.hpp"

namespace nanotune {

/// Where a target says that it cannot hold what is desired of it, its reading becomes that error.
/// `desired` and `readings` are alike in length and order. `known` is what was answered before,
/// with nothing written since. Errors: timed_out.
[[nodiscard]] Status hold_to_limits(Survey& survey, const std::vector<const Desired*>& desired,
                                    std::vector<Result<Reading>>& readings,
                                    const std::shared_ptr<SteadyAnswers>& known);

}  // namespace nanotune
