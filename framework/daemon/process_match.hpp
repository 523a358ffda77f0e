// Whether a process that has just started may be one that a profile is about: cheap enough to be
// asked of every program that starts on a host.
#pragma once

#include <string>

#include "service/watched.hpp"

namespace nanotune::daemon {

/// What is not known of it here, such as the name of its user, fits: who applies finds out. A
/// process that has ended fits nothing.
[[nodiscard]] bool fits(const ProcessMatch& match, long process, const std::string& proc = "/proc");

}  // namespace nanotune::daemon
