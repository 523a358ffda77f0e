// When a process started, which tells it from a later one of the same number.
#pragma once

#include <string>

namespace nanotune {

/// In clock ticks since boot; "" where there is no such process, or it has ended.
[[nodiscard]] std::string start_of(long process);

}  // namespace nanotune
