// Who watches over CPUs that are left alone stays off them.
#pragma once

#include <string_view>

#include <nanotune/cpu_set.hpp>

namespace nanotune::daemon {

/// The CPUs that are online and neither isolated nor without ticks, from the kernel's own lists;
/// empty where there are none.
[[nodiscard]] CpuSet housekeeping_of(std::string_view online, std::string_view isolated,
                                     std::string_view without_ticks);

/// Has this process, and all threads that it starts from then on, run on those alone. Where that
/// cannot be it runs where it may.
void stay_on_housekeeping();

}  // namespace nanotune::daemon
