// What full hosts hold below /proc/sys, a table for each subsystem.
#pragma once

#include <span>

namespace nanotune::test {

struct SysctlDefault {
    const char* name;  ///< below /proc/sys
    const char* text;
};

[[nodiscard]] std::span<const SysctlDefault> kernel_sysctls();
[[nodiscard]] std::span<const SysctlDefault> network_sysctls();
[[nodiscard]] std::span<const SysctlDefault> ip_sysctls();
[[nodiscard]] std::span<const SysctlDefault> memory_sysctls();

}  // namespace nanotune::test
