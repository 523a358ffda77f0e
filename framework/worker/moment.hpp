// A moment as people read it.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <string>

#include <fmt/core.h>

namespace nanotune::worker {

/// "2026-11-28T17:05:00.123Z", of nanoseconds of CLOCK_REALTIME.
[[nodiscard]] inline std::string moment_text(std::uint64_t nanoseconds) {
    const auto seconds = static_cast<std::time_t>(nanoseconds / 1'000'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    return fmt::format("{}.{:03}Z", text.data(), nanoseconds / 1'000'000 % 1'000);
}

}  // namespace nanotune::worker
