// The system bus, and the daemon's name on it, as a command finds them: waited for no longer than
// the command may wait, and not in silence.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "service/bus/sdbus.hpp"
#include "service/instance.hpp"

namespace nanotune::cli {

/// On the terminal, or wherever errors go.
void tell(const std::string& text);

/// "nanotuned (process 812)"
[[nodiscard]] std::string who_runs(const std::optional<Instance>& instance);

/// A connection, over which a daemon that runs is reached by its name: who would have the bus start
/// one beside it is refused. Errors: not_found: that daemon does not own the name; timed_out: the
/// bus hangs; io: there is none. Throws what else the bus says.
[[nodiscard]] Result<std::unique_ptr<sdbus::IConnection>> reached_bus(
    const std::optional<Instance>& instance, std::chrono::milliseconds patience);

}  // namespace nanotune::cli
