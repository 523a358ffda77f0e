// What a worker shares, in words.
#pragma once

#include <string>

#include "shared.hpp"

namespace nanotune::datapath {

/// One "name: value" a line. Counts that belong together are those of about the same moment.
[[nodiscard]] std::string report_of(const Shared& shared);

}  // namespace nanotune::datapath
