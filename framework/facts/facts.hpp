// Reads what `doctor` judges a host by. Never writes.
#pragma once

#include "facts/sample.hpp"
#include "model/host_facts.hpp"

namespace nanotune::facts {

/// The facts of the window between two samples. `topology` was seen meanwhile.
[[nodiscard]] HostFacts facts_between(System& system, HostTopology topology, const Sample& first,
                                      const Sample& last);

/// How the host is made and set, besides what is counted.
void add_processors(System& system, HostFacts& facts);
void add_nics(System& system, const Sample& first, const Sample& last, HostFacts& facts);
void add_datapaths(System& system, HostFacts& facts);

/// The file without its last newline; a reason in `unseen` where this user may not read it.
[[nodiscard]] std::string seen(System& system, const std::string& path, HostFacts& facts);

[[nodiscard]] HostCounters counted(const Counts& first, const Counts& last);

}  // namespace nanotune::facts
