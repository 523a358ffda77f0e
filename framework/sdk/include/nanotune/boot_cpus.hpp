// What the kernel's command line says of CPUs: lists as only it has them, and the roles that it
// gave to CPUs for as long as the kernel runs.
#pragma once

#include <optional>
#include <string_view>

#include <nanotune/cpu_set.hpp>
#include <nanotune/system.hpp>

namespace nanotune {

/// "2-3,8", "all", "4-N" (N is the last CPU) and "0-15:2/4" (the first two of every four); "" is
/// empty. Errors: invalid.
[[nodiscard]] Result<CpuSet> cpus_of_parameter(Files& files, std::string_view text);

/// A value; reads nothing by itself.
struct BootCpus {
    CpuSet isolated = {};                   ///< isolcpus: nothing is placed there by itself
    CpuSet nohz_full = {};                  ///< no tick under a single thread
    CpuSet rcu_nocbs = {};                  ///< RCU callbacks run elsewhere
    std::optional<CpuSet> interrupts = {};  ///< irqaffinity: where interrupts start
    friend bool operator==(const BootCpus&, const BootCpus&) = default;
};

/// Parameters that cannot be read as lists count as not given: the kernel takes no notice of them
/// either. Errors: as Files::read.
[[nodiscard]] Result<BootCpus> observed_boot_cpus(Files& files);

}  // namespace nanotune
