// nanotune datapath trace: packets of one datapath as they come.
#pragma once

#include "../context.hpp"

namespace nanotune::cli {

/// Asks neither a daemon nor a plugin. The worker's program takes this process's place, and prints
/// until it is interrupted: what comes back is why it did not.
[[nodiscard]] Ended trace_datapath(const Context& context);

}  // namespace nanotune::cli
