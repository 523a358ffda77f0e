// How the host stands, in the words that the bus has for it.
#pragma once

#include <string>

#include "model/requests.hpp"

namespace nanotune::daemon {

/// How the host stands, for who asks without waiting.
struct Snapshot {
    std::string state = "unknown";
    std::string profile;
    std::string profile_hash;
    std::string frozen = {};
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

[[nodiscard]] bool is_to_be_taken_back(HostState state);
[[nodiscard]] Snapshot snapshot_of(const HostStatus& status, bool has_drifted);
/// While what was cut off or not confirmed is taken back.
[[nodiscard]] Snapshot recovering(const HostStatus& status);

}  // namespace nanotune::daemon
