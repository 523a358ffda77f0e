// The host's file where it is.
#pragma once

#include <optional>
#include <string>

#include "model/host_file.hpp"

namespace nanotune {

inline constexpr const char* default_host_file = "/etc/nanotune/host.toml";

/// Nothing where there is no such file. Errors: denied, io; invalid, with everything that is wrong
/// with it.
[[nodiscard]] Result<std::optional<HostFile>> read_host_file(const std::string& path);

}  // namespace nanotune
