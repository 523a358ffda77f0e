// What the daemon takes back by itself, and what it says of that.
#pragma once

#include <string>
#include <string_view>

#include "service/service.hpp"

namespace nanotune::daemon {

/// How far back.
enum class Extent { last, all };

/// Takes back with every consent: what was agreed to when it was applied needs no other. What it
/// came to, for the log, beginning with `why`.
[[nodiscard]] std::string taken_back(Service& service, std::string_view why, Extent extent);

}  // namespace nanotune::daemon
