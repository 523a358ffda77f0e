// Where an operator can go from how the host stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"
#include "model/requests.hpp"

namespace nanotune::cli {

/// A command to paste, and what it does.
struct Step {
    std::string command;
    std::string_view what;
};

/// The safe things to do. What is safest comes last, where the eye is.
[[nodiscard]] std::vector<Step> next_steps(const Context& context, const HostStatus& status);

}  // namespace nanotune::cli
