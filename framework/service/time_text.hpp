// Moments as they stand in files and are shown: RFC 3339, in UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nanotune {

/// "2026-11-28T12:34:56Z"; seconds since the epoch.
[[nodiscard]] std::string time_text(std::int64_t seconds);
/// The other way; also with an offset ("+01:00") or a blank for the T. Nothing for what is no time.
[[nodiscard]] std::optional<std::int64_t> time_of(std::string_view text);
/// Now.
[[nodiscard]] std::int64_t seconds_since_epoch();

}  // namespace nanotune
