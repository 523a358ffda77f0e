// The CPU plan against the roles that the kernel gave to CPUs when it was booted.
#pragma once

#include <string>
#include <vector>

#include <nanotune/boot_cpus.hpp>

#include "resolved.hpp"

namespace nanotune {

/// What does not fit: each names the set of [cpus] with its line, and the parameter of the kernel.
struct BootMisfits {
    Problems problems;                  ///< nothing would keep house
    std::vector<std::string> warnings;  ///< it works, and not as well as it could
};

/// `plan` is that of the profile on this host.
[[nodiscard]] BootMisfits misfits_of(const ResolvedProfile& profile, const CpuPlan& plan,
                                     const BootCpus& boot);

}  // namespace nanotune
