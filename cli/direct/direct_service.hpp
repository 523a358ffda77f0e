// The service on the engine of this process: a command's own, or a daemon's. With its neighbours in
// this folder the only part of the command line that knows engine and system.
#pragma once

#include <functional>
#include <string>

#include <nanotune/device_identity.hpp>

#include "../surroundings.hpp"
#include "service/watched.hpp"

namespace nanotune::cli {

/// What changes from one verb to the next where many clients share one engine. Called on the thread
/// of the verb, but for the address.
struct SharedParts {
    /// Of the client's remote session; called on whatever thread looks at the host.
    std::function<std::string()> session_address;
    /// Where profiles are read, instead of the options' folders.
    ProfileSource profiles;
    /// Who asks for the verb under way.
    std::function<Actor()> actor;
    /// Whether that device is certain to be no more, and never to come back.
    std::function<bool(const DeviceIdentity&)> is_removed = {};
};

/// Makes the folder where it is not there. Errors: denied where somebody else could have written
/// what root reads in it; io.
[[nodiscard]] Status prepare_state_folder(const std::string& folder);

/// Opens the engine on the running kernel. A ServiceSource.
[[nodiscard]] Result<std::unique_ptr<Service>> direct_service(const ServiceOptions& options);
/// The same for a daemon, which takes back in time what nobody confirms.
[[nodiscard]] Result<std::unique_ptr<SharedService>> shared_service(const ServiceOptions& options,
                                                                    SharedParts parts);

}  // namespace nanotune::cli
