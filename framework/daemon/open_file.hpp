// Whether what stands in a file is anybody's business.
#pragma once

#include <string>

namespace nanotune::daemon {

/// Whether every user of this host may read it: its mode, and those of the folders on its way, say
/// so. Access lists are not asked.
[[nodiscard]] bool is_open_to_all(const std::string& file);

}  // namespace nanotune::daemon
