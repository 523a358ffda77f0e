// Looking at this host for `doctor`.
#pragma once

#include "engine/call_runner.hpp"
#include "model/host_facts.hpp"
#include "model/problems.hpp"

namespace nanotune::cli {

/// Takes as long as the window. Never writes; a path is probed where there is a peer. Errors: those
/// of reading the topology; timed_out, naming what hangs.
[[nodiscard]] Checked<HostFacts> facts_of_host(const SystemFactory& systems,
                                               const FactsRequest& request);

}  // namespace nanotune::cli
