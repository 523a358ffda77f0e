#include "daemon/snapshot.hpp"

#include "service/freeze.hpp"

namespace nanotune::daemon {

namespace {

/// A freeze is what there is to say only where nothing is wrong: it must hide nothing of that.
std::string_view state_of(const Standing& status, bool has_drifted) {
    const bool is_tuned = status.state == HostState::tuned;
    return is_tuned && has_drifted ? "drifted"
           : status.frozen && (is_tuned || status.state == HostState::clean)
               ? "frozen"
               : name_of(status.state);
}

std::map<std::string, DeviceFacts> devices_in(const std::map<std::string, std::size_t>& held,
                                              const std::vector<Row>& drifted) {
    std::map<std::string, DeviceFacts> devices;
    for (const auto& [device, settings] : held) {
        devices[device].held = settings;
    }
    for (const Row& row : drifted) {
        if (const auto found = devices.find(std::string(row.target.device()));
            found != devices.end()) {
            ++found->second.drifted;
        }
    }
    return devices;
}

}  // namespace

bool is_to_be_taken_back(HostState state) {
    return state == HostState::overdue || state == HostState::interrupted;
}

bool is_about_another(const Standing& before, const Standing& now) {
    return before.profile_hash != now.profile_hash || before.applies != now.applies ||
           (before.state == HostState::clean) != (now.state == HostState::clean);
}

Standing standing_of(const HostStatus& status) {
    Standing standing{.state = status.state,
                      .profile = status.profile,
                      .profile_hash = status.profile_hash,
                      .interrupted = status.interrupted,
                      .applies = status.applies,
                      .settings_held = status.settings_held,
                      .frozen = status.frozen};
    for (const Row& row : status.rows) {
        if (const auto device = row.target.device(); !device.empty()) {
            ++standing.held[std::string(device)];
        }
    }
    return standing;
}

Snapshot snapshot_of(const Standing& status, const std::vector<Row>& drifted) {
    return {.state = std::string(state_of(status, !drifted.empty())),
            .profile = status.profile,
            .profile_hash = status.profile_hash,
            .frozen = status.frozen ? nanotune::text_of(*status.frozen) : "",
            .held = status.settings_held,
            .drifted = drifted.size(),
            .devices = devices_in(status.held, drifted)};
}

Snapshot recovering(const Standing& status) {
    Snapshot snapshot = snapshot_of(status, {});
    snapshot.state = "recovering";
    return snapshot;
}

}  // namespace nanotune::daemon
