// When a process started, which tells it from a later one of the same number.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace nanotune {

/// In clock ticks since boot; "" where there is no such process, or it has ended.
[[nodiscard]] std::string start_of(long process);
/// How long it has run; nothing where there is no such process, or that cannot be seen.
[[nodiscard]] std::optional<std::chrono::milliseconds> running_for(long process);

}  // namespace nanotune
