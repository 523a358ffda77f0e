// Whom a plan disturbs besides those who asked for it: owners of NICs, and bonds without another
// link.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/plan.hpp"

namespace nanotune {

/// Notes for a person, one for each device and cause. Asks nothing where nothing is disturbed; what
/// cannot be looked at is not said.
[[nodiscard]] std::vector<std::string> bystanders_of(std::span<const Plan> stages, Survey& survey);

}  // namespace nanotune
