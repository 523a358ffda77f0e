// What a host boots with.
#pragma once

#include "engine/engine.hpp"
#include "records.hpp"
#include "service/watched.hpp"

namespace nanotune::cli {

/// What a boot works with. Everything must outlive it.
struct BootParts {
    Engine& engine;
    const Catalog& catalog;
    const Records& records;
    const ProfileSource& profiles;
};

/// As SharedService::start. Waits for network devices that the profile names, as long as the host's
/// file says.
[[nodiscard]] Report started(const BootParts& parts, BootStep step);

}  // namespace nanotune::cli
