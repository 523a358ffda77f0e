// Whether a process that has just started may be one that a profile is about: cheap enough to be
// asked of every program that starts on a host.
#pragma once

#include <optional>
#include <string>

#include <nanotune/target.hpp>

#include "service/watched.hpp"

namespace nanotune::daemon {

/// What is not known of it here, such as the name of its user, fits: who applies finds out. A
/// process that has ended fits nothing.
[[nodiscard]] bool fits(const ProcessMatch& match, long process, const std::string& proc = "/proc");

/// The process that a setting is of, or of a thread of: 812 of "812:5678" and of "812/813:5678".
[[nodiscard]] std::optional<long> process_of(const Target& target);

}  // namespace nanotune::daemon
