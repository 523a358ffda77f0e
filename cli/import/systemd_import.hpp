// Files of systemd's that set what profiles set: sysctl.d(5) and systemd.link(5).
#pragma once

#include "import.hpp"

namespace nanotune::cli {

/// `file` is named in origins. Errors: invalid for a file of another kind.
[[nodiscard]] Result<Import> sysctl_import(const std::string& file, std::string_view text);
/// `label` names the section where its devices are selected by more than a name. Errors: invalid
/// for a file of another kind.
[[nodiscard]] Result<Import> link_import(const std::string& file, std::string_view text,
                                         const std::string& label);

/// A sysctl as a profile spells it: with dots, or with slashes where one of its parts has a dot. As
/// in sysctl.d(5), what separates first separates all, and the other sign stands for itself.
[[nodiscard]] std::string sysctl_key(std::string_view name);

}  // namespace nanotune::cli
