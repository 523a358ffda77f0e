// Whether a daemon takes back what nobody confirms, for who works without one.
#pragma once

#include "../surroundings.hpp"
#include "engine/engine.hpp"

namespace nanotune::cli {

/// Of this state folder and network namespace.
[[nodiscard]] DaemonHere daemon_here(const ServiceOptions& options);

}  // namespace nanotune::cli
