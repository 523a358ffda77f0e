// Who serves a command: the daemon where one runs, or the engine in this process. A host without a
// daemon pays for one file that is not there.
#pragma once

#include "../surroundings.hpp"

namespace nanotune::cli {

/// By `reach`. A ServiceSource. Errors: with --bus, why the daemon cannot be asked; otherwise those
/// of the engine in this process.
[[nodiscard]] Result<std::unique_ptr<Service>> chosen_service(const ServiceOptions& options);

}  // namespace nanotune::cli
