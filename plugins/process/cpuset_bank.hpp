// CPUs and memory nodes of control groups (version 2), and partitions: groups whose CPUs nobody
// else has.
#pragma once

#include <nanotune/bank.hpp>
#include <nanotune/file_bank.hpp>

namespace nanotune::process {

/// Target "cgroup" (its folder) for each control group that has cpusets or could be given them:
/// what is below a group with cpusets. Facts: cgroup (the path below /sys/fs/cgroup, and its last
/// component), unit for a group of systemd's. Never the root group.
Result<std::vector<Candidate>> cgroups(System& system);

/// Files of a control group; each row's path is "{}/cpuset...". A partition that the kernel calls
/// invalid was refused, in the kernel's words.
class CpusetBank final : public Bank {
  public:
    /// `rows` must outlive the bank.
    CpusetBank(std::span<const FileRow> rows, BankPlace place) : Bank(place), files_(rows, place) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override {
        return files_.tunables();
    }
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override {
        return files_.may_write(system, target, tunable);
    }
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override {
        return files_.witness(system, target, tunable);
    }

  private:
    [[nodiscard]] Status written(System& system, const Target& target,
                                 const Assignment& assignment) const;

    FileBank files_;
};

}  // namespace nanotune::process
