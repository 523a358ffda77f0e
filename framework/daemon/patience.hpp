// For how long a thread may sleep, as poll(2) takes it: in milliseconds, and -1 for any time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace nanotune::daemon {

/// Until then: never before it, at once where it is past; nothing is never.
[[nodiscard]] inline int patience_until(std::optional<std::chrono::steady_clock::time_point> at,
                                        std::chrono::steady_clock::time_point now) {
    if (!at || *at == std::chrono::steady_clock::time_point::max()) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max(*at, now) - now);
    return static_cast<int>(std::min<std::int64_t>(left.count(), std::numeric_limits<int>::max()));
}

/// What comes first of two.
[[nodiscard]] inline int sooner(int one, int other) {
    return one < 0 ? other : other < 0 ? one : std::min(one, other);
}

}  // namespace nanotune::daemon
