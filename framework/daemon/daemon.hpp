// Bus and engine put together, until a signal ends it.
#pragma once

#include "cli/surroundings.hpp"

namespace nanotune::daemon {

/// Blocks. SIGTERM, SIGINT and SIGHUP, which the caller's thread must have blocked, end it. Errors:
/// what kept it from starting.
[[nodiscard]] Status serve(const cli::ServiceOptions& options);

}  // namespace nanotune::daemon
