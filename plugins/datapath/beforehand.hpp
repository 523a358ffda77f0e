// What can be told of a datapath's settings before a worker is ended, or started, for them.
#pragma once

#include <string>

#include <nanotune/bank.hpp>

namespace nanotune::datapath {

/// One of no settings, which does not run, where none of the name was ever started.
[[nodiscard]] Result<Worker> worker_or_none(System& system, const std::string& name);

/// Whether a worker could make something of these. Errors: invalid, saying why not; as the
/// device's.
[[nodiscard]] Status misfit(System& system, const WorkerSettings& settings);

/// Whether the strategy is there, if `logic` is another one than that in use. Errors: not_found.
[[nodiscard]] Status strategy_is_there(System& system, const std::string& name,
                                       const Assignment& logic);

}  // namespace nanotune::datapath
