// Files of /proc/sys that are no settings, and why a profile must not name them.
#pragma once

#include <optional>
#include <string_view>

#include "sysctl_name.hpp"

namespace nanotune::sysctl {

/// Why the name must not be set, as the end of a sentence; nothing where it may.
[[nodiscard]] std::optional<std::string_view> refusal_of(const SysctlName& name);
/// Whether the kernel runs, as root, what it says. No profile may set it; it is read, and put back.
[[nodiscard]] bool is_command(const SysctlName& name);

}  // namespace nanotune::sysctl
