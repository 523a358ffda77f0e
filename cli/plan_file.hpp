// Saved plans among what the operator names: they are applied, and profiles go everywhere.
#pragma once

#include <string>

#include <nanotune/error.hpp>

namespace nanotune::cli {

/// By its name, or by how it begins, which no profile does.
[[nodiscard]] bool is_plan(const std::string& name);

/// Errors: invalid for a saved plan where `verb` takes a profile, saying which profile it is of.
[[nodiscard]] Status is_no_plan(const std::string& name, std::string_view verb);

}  // namespace nanotune::cli
