// What a verb did, as rows for tables and JSON, and as one exit status.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nanotune/device_identity.hpp>

#include "plan.hpp"
#include "problems.hpp"

namespace nanotune {

/// Exit statuses of every verb. Of several, the first in the order 5, 4, 1, 7, 6, 2, 3 wins.
enum class Exit {
    as_wanted = 0,
    refused = 1,  ///< nothing touched
    differs = 2,
    reboot_needed = 3,
    rolled_back = 4,   ///< failed, and everything restored
    not_restored = 5,  ///< failed, and something is not restored
    consent_missing = 6,
    lock_or_timeout = 7,
};
/// The one of the two that wins.
[[nodiscard]] Exit worse(Exit a, Exit b) noexcept;

/// The state of the host as nanotune knows it.
enum class HostState {
    clean,
    tuned,
    awaiting_confirmation,
    overdue,   ///< nobody confirmed in time, and nobody has rolled it back yet
    degraded,  ///< not all of what is held, or was to be restored, is as it should be
    interrupted,
    unknown,  ///< the journal cannot be read
};
[[nodiscard]] std::string_view name_of(HostState state) noexcept;

struct Row {
    std::string setting;  ///< full name
    Target target;
    std::string before;  ///< printed with the setting's domain; "" where unknown
    std::string wanted;
    std::string got;
    Outcome outcome = Outcome::not_done;
    Impact impact = Impact::none;
    Origin origin;
    std::string message;     ///< why, in the kernel's words; or a note
    bool is_barred = false;  ///< by the profile: no consent lets the change through
    std::string allow = {};  ///< the words of --allow that a change of it needs: "drops,management"
};

struct Report {
    std::string verb;
    std::string profile;
    std::string profile_hash = {};  ///< where it was found out
    std::vector<Row> rows;
    Problems problems;  ///< what concerns no single row
    std::vector<std::string> notes;
    Exit exit = Exit::as_wanted;
    HostState state = HostState::clean;
    bool changed = false;  ///< whether the host differs from before this verb
    /// Whether it does because what was left open before was taken back first.
    bool has_recovered = false;
    /// Of a plan: those that it would change something of, each once, in the order of their names.
    std::vector<DeviceIdentity> devices = {};
};

/// Identifies a plan: one of the same profile, by its hash, that would change the same of the same
/// devices.
[[nodiscard]] std::string fingerprint_of(const Report& plan);
/// What it would change, and to what: two plans of equal rows (setting, target, now, wanted) are
/// equal here, whatever profiles they are of.
[[nodiscard]] std::string changes_of(const Report& plan);

}  // namespace nanotune
