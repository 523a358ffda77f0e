// What targets say of themselves, held against the profile before anything is written.
#pragma once

#include <vector>

#include "engine/survey.hpp"

namespace nanotune {

/// Where a target says that it cannot hold what is desired of it, its reading becomes that error.
/// `desired` and `readings` are alike in length and order. Errors: timed_out.
[[nodiscard]] Status hold_to_limits(Survey& survey, const std::vector<Desired>& desired,
                                    std::vector<Result<Reading>>& readings);

}  // namespace nanotune
