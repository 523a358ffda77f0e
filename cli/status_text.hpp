// What `status` says to people.
#pragma once

#include "context.hpp"

namespace nanotune::cli {

/// How the host stands, what has drifted or was left, and last what can be done next. On a terminal
/// it fits one screen of 24 lines, unless --verbose: what has no room there is counted.
void print_status(const Context& context, const HostStatus& status);

}  // namespace nanotune::cli
