// What has settings beside CPUs: the kernel's own work queues, and the part of a die outside its
// cores.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::cpu {

/// Target "workqueue" for each unbound one that has a mask of its own
/// (/sys/devices/virtual/workqueue/NAME, Documentation/core-api/workqueue.rst).
Result<std::vector<Candidate>> workqueues(System& system);

/// Target "uncore" for each die ("package_00_die_00"), where intel_uncore_frequency is loaded
/// (Documentation/admin-guide/pm/intel_uncore_frequency_scaling.rst).
Result<std::vector<Candidate>> uncore_dies(System& system);

}  // namespace nanotune::cpu
