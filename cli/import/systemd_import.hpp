// Files of systemd's that set what profiles set: sysctl.d(5) and systemd.link(5).
#pragma once

#include "import.hpp"

namespace nanotune::cli {

/// `file` is named in origins.
[[nodiscard]] Import sysctl_import(const std::string& file, std::string_view text);
/// `label` names the section where its devices are selected by more than a name.
[[nodiscard]] Import link_import(const std::string& file, std::string_view text,
                                 const std::string& label);

}  // namespace nanotune::cli
