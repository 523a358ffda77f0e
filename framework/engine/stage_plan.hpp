// The difference between what a stage should reach and what the host holds.
#pragma once

#include <vector>

#include "engine/desires.hpp"
#include "engine/ledger.hpp"
#include "engine/survey.hpp"
#include "model/plan.hpp"
#include "model/problems.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// What becomes of a value that the profile in force holds rounded, where the same is wanted again.
enum class Rounded {
    is_settled,
    is_tried_again,
    all_stays,  ///< it is settled, and so is whatever somebody else has made of what is held
};
[[nodiscard]] Rounded rounded_for(const ApplyRequest& request);

/// Sorts the stage's desires into changes, what is as wanted, and what this host lacks, and adds
/// `returns`; all that is written is held to limits together. `ledger` is what was applied
/// before. Problems: those of the desires, required settings that this host cannot do, returns
/// that it refuses, values that cannot be read.
[[nodiscard]] Checked<Plan> stage_plan(Survey& survey, const Ledger& ledger, Rounded rounded,
                                       StageDesires desires, Plan returns);

[[nodiscard]] Key key_of(const Desired& desired);
/// The same, as a view of the desire, or of what one has of these.
[[nodiscard]] KeyView key_in(const SettingRef& setting, const Candidate& candidate);
[[nodiscard]] inline KeyView key_in(const Desired& desired) {
    return key_in(desired.setting, desired.candidate);
}

}  // namespace nanotune
