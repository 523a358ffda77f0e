// Files of /proc/sys that are no settings, and why a profile must not name them.
#pragma once

#include <optional>
#include <string_view>

#include "sysctl_name.hpp"

namespace nanotune::sysctl {

/// Why the name must not be set, as the end of a sentence; nothing where it may.
[[nodiscard]] std::optional<std::string_view> refusal_of(const SysctlName& name);

}  // namespace nanotune::sysctl
