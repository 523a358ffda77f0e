// What a worker shares, in words.
#pragma once

#include <string>

#include "shared.hpp"
#include "worker/worker_folder.hpp"

namespace nanotune::datapath {

/// One "name: value" a line. Counts that belong together are those of about the same moment.
/// `record` is what its keeper has told of it, if it has one.
[[nodiscard]] std::string report_of(const Shared& shared, const worker::Record& record);

}  // namespace nanotune::datapath
