// How a keeper calls its worker.
#pragma once

#include <string>
#include <vector>

#include "worker_folder.hpp"

namespace nanotune::worker {

/// The worker's command line. Words that are options have dashes where settings have underscores.
/// Unless it `is_anew`, it takes over the memory of the one before. One that `has_worked` waits for
/// what it needs, where that is not there and may come back.
[[nodiscard]] std::vector<std::string> worker_command(const WorkerFolder& folder,
                                                      const WorkerSettings& settings, bool is_anew,
                                                      bool has_worked);

}  // namespace nanotune::worker
