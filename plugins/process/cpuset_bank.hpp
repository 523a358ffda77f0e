// CPUs and memory nodes of control groups (version 2), and partitions: groups whose CPUs nobody
// else has.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::process {

/// Target "cgroup" (its folder) for each control group that has cpusets or could be given them:
/// what is below a group with cpusets. Facts: cgroup (the path below /sys/fs/cgroup, and its last
/// component), unit for a group of systemd's. Never the root group.
Result<std::vector<Candidate>> cgroups(System& system);

/// Files of a control group; each row's path is "{}/cpuset...". A partition that the kernel calls
/// invalid was refused, in the kernel's words.
class CpusetBank final : public FileBank {
  public:
    using FileBank::FileBank;

    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;

  private:
    [[nodiscard]] Status written(System& system, const Target& target,
                                 const Assignment& assignment) const;
};

}  // namespace nanotune::process
