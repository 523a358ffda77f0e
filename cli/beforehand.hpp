// Whether a verb that applies and rolls back many times in its own process has the host to itself:
// asked before anything is tried or measured, as each apply would be refused only then.
#pragma once

#include <string_view>

#include "context.hpp"

namespace nanotune::cli {

/// The host as it stands; nobody else changes it, and no daemon starts, as long as the service
/// lives. Errors, each with what to do first: frozen; busy where a daemon or another such verb
/// lives, or where something awaits confirmation; conflict where something is to be settled before.
[[nodiscard]] Result<HostStatus> alone_on_host(const Context& context, Service& service);

/// "WHY; nothing was touched. First: FIRST"
[[nodiscard]] std::unexpected<Error> not_now(ErrorCode code, std::string_view why,
                                             std::string_view first);

}  // namespace nanotune::cli
