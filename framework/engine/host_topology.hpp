// Looking at the whole host for the `topology` verb.
#pragma once

#include "engine/survey.hpp"
#include "model/host_topology.hpp"

namespace nanotune {

/// Never writes. What only concerns NICs and cannot be read is a note. Errors: those of
/// observed_hardware; timed_out.
[[nodiscard]] Result<HostTopology> host_topology(Survey& survey);

}  // namespace nanotune
