// The service without a daemon: the engine in this process. With its neighbours in this folder the
// only part of the command line that knows engine and system.
#pragma once

#include "../surroundings.hpp"

namespace nanotune::cli {

/// Opens the engine on the running kernel. A ServiceSource.
[[nodiscard]] Result<std::unique_ptr<Service>> direct_service(const ServiceOptions& options);

}  // namespace nanotune::cli
