// The scheduler's calls on the running kernel.
#pragma once

#include <nanotune/system.hpp>

#include "system/files.hpp"

namespace nanotune {

class KernelTasks final : public Tasks {
  public:
    Result<Scheduling> scheduling(unsigned thread) override;
    Status set_scheduling(unsigned thread, const Scheduling& wanted) override;
    Result<CpuSet> affinity(unsigned thread) override;
    Status set_affinity(unsigned thread, const CpuSet& cpus) override;
    Status set_limit(unsigned process, unsigned resource, const ResourceLimit& limit) override;

  private:
    KernelFiles files_;
};

}  // namespace nanotune
