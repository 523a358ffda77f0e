// Some of what the kernel asks is asked of the host alone: root of a container does not have it.
#pragma once

#include <nanotune/system.hpp>

namespace nanotune {

/// Whether this process is in a user namespace that was made since boot: no capability counts there
/// for what is the host's.
[[nodiscard]] bool is_in_user_namespace(Files& files);

/// Why nothing that the host is asked for is given in such a namespace, by a capability that it
/// has: "CAP_SYS_NICE is needed on the host itself, which no user namespace gives".
[[nodiscard]] std::string why_not_in_user_namespace(Capability capability);

}  // namespace nanotune
