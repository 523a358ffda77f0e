// What the daemon takes back by itself, and what it says of that.
#pragma once

#include <string>
#include <string_view>

#include "daemon/snapshot.hpp"
#include "service/service.hpp"

namespace nanotune::daemon {

/// How far back.
enum class Extent { last, all };

/// Takes back with every consent: what was agreed to when it was applied needs no other.
[[nodiscard]] Report taken_back(Service& service, Extent extent);
/// Why what awaits confirmation, or was cut off, is taken back now.
[[nodiscard]] std::string why_taken_back(const Standing& status);
/// What it came to, for the log, beginning with `why`.
[[nodiscard]] std::string told_of_taking_back(const Report& report, std::string_view why);

}  // namespace nanotune::daemon
