// Desires that rules derive from what sections say: one interrupt's affinity from "spread over
// those CPUs".
#pragma once

#include "engine/host_view.hpp"

namespace nanotune {

/// Adds what the stage's rules wish for. What goes wrong is added to the view's problems, or, for
/// devices that are not settled yet, to those that wait.
void add_rule_desires(HostView& host, StageDesires& desires);

}  // namespace nanotune
