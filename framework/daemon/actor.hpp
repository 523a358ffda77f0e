// Whom the history names for what was asked over the bus.
#pragma once

#include "daemon/authority.hpp"
#include "model/requests.hpp"

namespace nanotune::daemon {

/// The program that asked, as far as it is still there.
[[nodiscard]] Actor actor_of(const Caller& caller);

}  // namespace nanotune::daemon
