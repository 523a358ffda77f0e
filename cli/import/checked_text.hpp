// A made profile in the hands of the profile's own checker.
#pragma once

#include "import.hpp"
#include "service/service.hpp"

namespace nanotune::cli {

/// The import as `nanotune profile check` passes it: lines that it objects to are amended. Errors:
/// what it says of no line in particular.
[[nodiscard]] Checked<Import> checked_by(Service& service, Import import);

}  // namespace nanotune::cli
