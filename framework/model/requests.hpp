// What a client asks of nanotune, and what it is told besides a Report. Plain values, fit for a
// bus.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "profile.hpp"
#include "report.hpp"

namespace nanotune {

/// A profile by name (searched) or path, with --set.
struct ProfileRequest {
    std::string name;
    std::vector<Override> overrides;
};

/// What the operator allows, beyond changes without any impact.
struct Consent {
    bool drops = false;
    bool bounces = false;
    bool moves = false;
    bool clock = false;
    bool management = false;  ///< disruptive changes to the NIC that the operator depends on

    [[nodiscard]] bool allows(Impact impact) const noexcept;
    /// "drops,bounces" or "all". Errors: invalid, with the nearest word, or for no word at all.
    static Result<Consent> from_words(std::string_view words);
};

/// Told while a verb runs: what is being done now, and how far it is.
struct Progress {
    std::string doing;  ///< "nic.ring.rx on eth0"
    std::size_t done = 0;
    std::size_t total = 0;
};
using ProgressSink = std::function<void(const Progress&)>;

struct ApplyRequest {
    Consent consent;
    bool strict = false;                                 ///< adjusted counts as refused
    std::optional<std::chrono::seconds> confirm_within;  ///< rolled back unless confirmed
    long guard = 0;                                      ///< the process that does so; 0 for none
    std::chrono::milliseconds timeout{60'000};
    /// Fingerprint of the plan that the operator saw; apply refuses when today's differs. "" for
    /// none.
    std::string expected_plan;
    /// Told the transaction's number before anything is written; an error ends the apply there.
    std::function<Status(std::uint64_t)> begins = {};
    ProgressSink progress = {};
    /// The profile that is applied already, for what came or changed since: one `rollback` undoes
    /// it together with the apply before.
    bool is_again = false;
};

struct RollbackRequest {
    bool all = false;    ///< to the baseline; otherwise the last apply only
    bool force = false;  ///< also values that somebody else changed since
    /// Nothing but this transaction, and only while it is cut off or not confirmed; 0 for any.
    std::uint64_t only = 0;
    Consent consent;
    std::chrono::milliseconds timeout{60'000};
    ProgressSink progress = {};
};

/// Who asked for something: for whoever reads later who it was.
struct Actor {
    std::uint32_t user = 0;
    std::optional<std::uint32_t> login_user;  ///< as whom somebody logged in, whoever they became
    std::string client;                       ///< the program: "nanotune apply"
};

/// That nothing is to be changed through nanotune for now.
struct FreezeRequest {
    std::string reason;
    std::optional<std::int64_t> until = {};  ///< seconds since the epoch; nothing: until thawed
};

/// What keeps everybody from changing this host through nanotune, but for taking back what nobody
/// confirmed.
struct Frozen {
    std::string reason;
    std::string by = {};     ///< who froze it, for people; "" where the host's file says so
    std::string since = {};  ///< RFC 3339, UTC
    std::string until = {};  ///< the same; "": until somebody thaws it
    friend bool operator==(const Frozen&, const Frozen&) = default;
};

/// What nanotune holds on this host.
struct HostStatus {
    HostState state = HostState::clean;
    std::string profile;              ///< the active one, "" when clean
    std::vector<Override> overrides;  ///< that it was applied with
    std::string profile_hash;
    std::string applied_at;  ///< RFC 3339, UTC
    std::size_t settings_held = 0;
    std::size_t applies = 0;         ///< how many `rollback` can undo
    std::string confirm_by;          ///< RFC 3339, when awaiting confirmation or overdue
    bool is_guarded = false;         ///< somebody rolls it back at that time
    std::string at_work = {};        ///< who is in the middle of a change; "" for nobody
    std::string interrupted;         ///< what was going on when an open transaction was cut off
    std::vector<std::string> notes;  ///< journals set aside, plugins refused, ...
    std::vector<Row> rows;           ///< what is held: before (baseline), wanted, got
    std::vector<Row> left;           ///< what rollback left as somebody else set it
    std::vector<Row> stranded;       ///< no longer wanted, and its plugin is not there to return it
    std::optional<Frozen> frozen = {};
    /// What somebody else has changed since, as far as anybody watches: before (as it was after
    /// apply), got (as it is), and by whom.
    std::vector<Row> drifted = {};
};

/// One key that profiles may use, as `list` and `describe` show it.
struct KeyInfo {
    std::string name;     ///< "nic.coalesce.rx_usecs"
    std::string section;  ///< "[nic.NAME]": where it stands in a profile
    std::string accepts;  ///< "a whole number of microseconds from 0 to 65535"
    std::string impact;   ///< "" for none
    std::string summary;
    std::string aliases;
    bool check_only = false;
};

/// A plugin as `version` shows it, or one that was refused.
struct PluginInfo {
    std::string name;
    std::string file;
    std::string summary;
    std::string refused;  ///< why; "" for a loaded one
};

}  // namespace nanotune
