// What somebody sees who watches what is held.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drift_policy.hpp"
#include "report.hpp"

namespace nanotune {

/// Where to look, and how.
struct Gaze {
    bool is_quiet = true;                ///< asks no driver, and reads nothing that disturbs a CPU
    std::set<std::string> devices = {};  ///< at these alone; empty: at everything
};

/// One setting of one object that is held.
struct HeldPlace {
    std::string setting;
    Target target;
    friend auto operator<=>(const HeldPlace&, const HeldPlace&) = default;
};

/// What is to be as an apply left it.
struct RepairRequest {
    std::vector<HeldPlace> places = {};
    std::set<std::string> devices =
        {};                         ///< besides: all that is held of these, which have just come
    bool may_disturb = false;       ///< also what has an impact; for devices that nobody uses yet
    std::set<HeldPlace> left = {};  ///< whatever is asked for, not these
};

/// A value that is another one than an apply left there.
struct Changed {
    Row row;  ///< `before` is what an apply left, `got` what is there
    std::vector<std::string> files =
        {};                 ///< in which it stands; none where it is asked for otherwise
    bool is_public = true;  ///< whether everybody on the host may read it
    std::optional<DriftPolicy> policy = {};  ///< what the profile wants done about it
    bool may_be_repaired = true;             ///< by itself, where that is the policy
};

struct Observation {
    /// Nothing is held, or nobody can say now what: an apply is open, or the journal is not
    /// readable.
    bool is_blind = false;
    std::vector<HeldPlace> as_applied = {};  ///< what was looked at, and is as it was left
    std::vector<Changed> changed = {};
    std::vector<HeldPlace> absent = {};  ///< what was looked at, and is not here
    std::set<HeldPlace> held = {};       ///< all that is held, where everything was looked at
    std::set<std::string> files = {};    ///< that hold what was looked at
    std::set<std::string> devices = {};  ///< whose settings are held, as they are called now
    std::vector<std::string> gone = {};  ///< devices among them that are away or no more
};

}  // namespace nanotune
