// What the command line loads the bus's client by.
#pragma once

#include "../../surroundings.hpp"

namespace nanotune::cli {

/// Connects to the daemon. `local` serves what the installation alone answers, and what the daemon
/// keeps from users who may look for themselves. Nothing throws. Errors: not_found: nobody has the
/// name; io: there is no bus.
using OpenBusService = Result<std::unique_ptr<Service>>(const ServiceOptions& options,
                                                        const ServiceSource& local);

inline constexpr const char* bus_client_symbol = "nanotune_bus_service";
/// Its version, a text: looked at before anything of it is called.
inline constexpr const char* bus_client_version_symbol = "nanotune_bus_client_version";

}  // namespace nanotune::cli
