// Whether polkit may ask a caller for a password. The bus carries that in a flag of the call, which
// sdbus-c++ 1.x neither tells nor sets.
#pragma once

#include "service/bus/bus.hpp"

namespace nanotune::bus {

/// Of a call that has come.
[[nodiscard]] bool may_ask_caller(const sdbus::Message& call);
/// For every call that is made over the connection from now on.
void let_calls_be_asked(sdbus::IConnection& connection);

}  // namespace nanotune::bus
