// Lists of CPUs as only the kernel's command line has them.
#pragma once

#include <string_view>

#include <nanotune/cpu_set.hpp>
#include <nanotune/system.hpp>

namespace nanotune::boot {

/// "2-3,8", "all", "4-N" (N is the last CPU) and "0-15:2/4" (the first two of every four); "" is
/// empty. Errors: invalid.
[[nodiscard]] Result<CpuSet> cpus_of_parameter(Files& files, std::string_view text);

}  // namespace nanotune::boot
