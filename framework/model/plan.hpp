// What would change: the value that a dry run prints and that apply works through.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "problems.hpp"
#include "shared_value.hpp"

namespace nanotune {

/// How a setting ended, or would.
enum class Outcome {
    unchanged,  ///< already as wanted
    changed,
    adjusted,      ///< the driver rounded it
    pending,       ///< takes effect later (an idle interrupt, a process that has not started)
    refused,       ///< the kernel or the driver said no
    unsupported,   ///< this host cannot do it; an error unless the setting is optional
    unmovable,     ///< an interrupt that the kernel does not move
    gone,          ///< the target vanished, and what was set on it
    away,          ///< the target is not here, and may come back with what was set on it
    overridden,    ///< somebody else changed it since
    differs,       ///< verify: not what was applied or asked for
    needs_reboot,  ///< only the kernel command line does it
    not_done,      ///< planned, or not reached because something before it failed
};
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;
/// unchanged, changed, adjusted and pending are what was wanted; so is unsupported, but only when
/// optional.
[[nodiscard]] bool is_success(Outcome outcome) noexcept;

/// A target that an earlier change of the same plan brings.
struct Coming {
    Target like;       ///< one that is there and can do the same
    std::string with;  ///< the setting that brings it: "nic.channels.combined"
};

/// One setting on one target that a profile (or a rollback) wants to hold a value.
struct Desired {
    SettingRef setting;
    Shared<Candidate> candidate;  ///< large, and that of all settings of its target
    Value value;
    Origin origin;
    bool optional = false;
    bool at_least = false;       ///< a target that has more keeps it
    bool by_exact_name = false;  ///< the profile names the device itself, not a glob
    std::string
        group;  ///< non-empty: one alias for several settings; unsupported members are no error
    bool pending = false;       ///< Wish::pending
    std::string missing;        ///< why no target has the setting; "" for one that can be read
    bool as_requested = false;  ///< what is asked for counts, whatever is in force
    std::shared_ptr<const Coming> coming = {};  ///< where the target is not there yet
    std::string note = {};                      ///< what a person should know of it besides
};

/// A difference. `before` is empty where the target lacks the setting or cannot be read yet.
struct Change {
    Desired desired;
    std::optional<Value> before;
    std::string known_after;  ///< "nic.channels.combined" when an earlier stage decides it
    std::string note;
    bool is_side_effect =
        false;                ///< not wanted by itself: put back because another change resets it
    bool is_carried = false;  ///< comes back with the change that reached it, not before
    std::optional<Value> requested = {};  ///< Reading::requested, where it is not `before`
    bool was_rounded = false;             ///< the driver made `before` of the same value earlier
};

/// What no target answers to: its process has not started, or this host cannot do it.
struct Waiting {
    std::string setting;      ///< a full name, or a section's: "process.feed"
    Target target = {};       ///< what is waited for, where that has a name
    std::string wanted = {};  ///< as printed
    Origin origin;
    std::string message;
    bool is_unsupported = false;  ///< optional, and this host cannot do it
};

/// Differences in the order in which they will be made, and what stays as it is.
struct Plan {
    std::string profile;
    std::string profile_hash;
    std::vector<Change> changes;
    std::vector<Change> unchanged;
    std::vector<Change> unsupported;  ///< optional settings that this host lacks
    std::vector<Change> overridden;   ///< to be returned, but somebody else changed them since
    std::vector<Waiting> waiting;
    std::vector<std::string> warnings;
    std::vector<Impact> forbidden = {};  ///< by the profile, whatever the operator allows
    Problems unwritable = {};  ///< why an apply would be refused, where root asks for the plan
};

}  // namespace nanotune
