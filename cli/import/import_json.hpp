// `nanotune import --json`; docs/json.md describes it.
#pragma once

#include <string>

#include "import.hpp"

namespace nanotune::cli {

[[nodiscard]] std::string json_of(const Import& import);

}  // namespace nanotune::cli
