// What there is to try on a NIC, or on the rest of the host: every setting that is written, the
// targets that have it, what they hold, and who else can tell.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/trial_values.hpp"

namespace nanotune {

/// A setting on one target.
struct TrialTarget {
    Candidate candidate;
    Value held;
    bool is_fixed = false;
    Result<Inquiry> inquiry;
};

struct TrialSubject {
    SettingRef setting;
    std::vector<TrialTarget> targets;  ///< that have it
    std::string absence;               ///< why none has; "" where one does
};

struct TrialGrounds {
    TrialGround ground;
    Candidate nic;  ///< of no kind where the subject is the host
    std::string kernel;
    std::vector<TrialSubject> subjects;  ///< in the order in which their stages come
};

/// `nic` is a device's name, "" for what belongs to none. Errors: not_found, timed_out.
[[nodiscard]] Result<TrialGrounds> trial_grounds(const Catalog& catalog, Survey& survey,
                                                 const std::string& nic);

}  // namespace nanotune
