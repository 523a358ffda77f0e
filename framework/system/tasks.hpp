// The scheduler's calls on the running kernel.
#pragma once

#include <nanotune/system.hpp>

namespace nanotune {

class KernelTasks final : public Tasks {
  public:
    Result<Scheduling> scheduling(unsigned thread) override;
    Status set_scheduling(unsigned thread, const Scheduling& wanted) override;
    Result<CpuSet> affinity(unsigned thread) override;
    Status set_affinity(unsigned thread, const CpuSet& cpus) override;
};

}  // namespace nanotune
