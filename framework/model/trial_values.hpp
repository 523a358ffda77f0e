// Which value a trial gives a setting: chosen by the setting's domain alone, so that every declared
// setting can be tried and none needs a line anywhere else.
#pragma once

#include <span>
#include <vector>

#include <nanotune/cpu_set.hpp>
#include <nanotune/domain.hpp>

namespace nanotune {

/// What sets of numbers are made of on this host.
struct TrialGround {
    CpuSet cpus;    ///< online
    CpuSet nodes;   ///< with CPUs
    CpuSet queues;  ///< of the NIC
};

/// Values other than those that the setting's targets hold, most harmless first: near what is held,
/// or the domain's own samples, and nothing besides where it has any. A host may refuse some: a
/// domain does not know a driver's limits. Empty for a text that has no samples.
[[nodiscard]] std::vector<Value> trial_values(const Domain& domain, std::span<const Value> held,
                                              const TrialGround& ground);

}  // namespace nanotune
