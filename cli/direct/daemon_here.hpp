// Whether a daemon takes back what nobody confirms, for who works without one.
#pragma once

#include "../surroundings.hpp"
#include "engine/engine.hpp"

namespace nanotune::cli {

/// Of this state folder and network namespace.
[[nodiscard]] DaemonHere daemon_here(const ServiceOptions& options);
/// Whether this process is certainly in another network namespace than the first one, which the
/// host boots with.
[[nodiscard]] bool is_beside_first_network();

}  // namespace nanotune::cli
