// How the host stands, in the words that the bus has for it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/requests.hpp"

namespace nanotune::daemon {

/// What is held of one device and its queues.
struct DeviceFacts {
    std::size_t held = 0;
    std::size_t drifted = 0;
    friend bool operator==(const DeviceFacts&, const DeviceFacts&) = default;
};

/// How the last verb that changes the host ended.
struct LastReport {
    std::string verb;
    std::string profile;
    Exit exit = Exit::as_wanted;
    HostState state = HostState::unknown;
    bool changed = false;
    std::string at;  ///< RFC 3339, UTC
    friend bool operator==(const LastReport&, const LastReport&) = default;
};

/// How the host stands, for who asks without waiting.
struct Snapshot {
    std::string state = "unknown";
    std::string profile;
    std::string profile_hash;
    std::string frozen = {};
    std::size_t held = 0;
    std::size_t drifted = 0;
    std::map<std::string, DeviceFacts> devices = {};  ///< of which something is held, by name
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// How the host stands, with what is held counted, not listed: that is for who asks, and there may
/// be thousands of it.
struct Standing {
    HostState state = HostState::clean;
    std::string profile = {};  ///< as HostStatus', as the rest is
    std::string profile_hash = {};
    std::string interrupted = {};
    std::size_t applies = 0;
    std::size_t settings_held = 0;
    std::optional<Frozen> frozen = {};
    std::map<std::string, std::size_t> held = {};  ///< settings of a device and its queues, by name
};
[[nodiscard]] Standing standing_of(const HostStatus& status);

[[nodiscard]] bool is_to_be_taken_back(HostState state);
/// Whether what is held is another thing now.
[[nodiscard]] bool is_about_another(const Standing& before, const Standing& now);

/// `drifted` is what is said to be as somebody else has set it.
[[nodiscard]] Snapshot snapshot_of(const Standing& status, const std::vector<Row>& drifted);
/// While what was cut off or not confirmed is taken back.
[[nodiscard]] Snapshot recovering(const Standing& status);

}  // namespace nanotune::daemon
