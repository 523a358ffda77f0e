// A profile as calls to the daemon take it: by its name, or with its files, none of which the
// daemon has to open.
#pragma once

#include <string>
#include <vector>

#include "model/profile.hpp"
#include "model/requests.hpp"
#include "service/bus/wire.hpp"

namespace nanotune::cli {

struct SentProfile {
    std::string name;
    std::vector<bus::WireFile> files;
    std::vector<bus::WirePair> set;
};

/// Reads what it reaches by paths. Errors: not_found, denied, io for its own file; exhausted.
[[nodiscard]] Result<SentProfile> sent_profile(const ProfileRequest& profile,
                                               const ProfileSource& files);

}  // namespace nanotune::cli
