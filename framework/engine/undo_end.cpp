// What became of each step in the end, and what of it a later rollback is to know.
#include <algorithm>

#include <fmt/format.h>

#include "engine/reach.hpp"
#include "engine/undo.hpp"

namespace nanotune {

/// Whether it holds what nanotune set, or may.
bool Undo::may_hold_ours(const Touched& touched) const {
    return restores_ == Restores::ours_and_reset || touched.may_hold_ours();
}

/// What became of it in the end.
void Undo::end(UndoStep& step) {
    const bool is_restored = step.now && *step.now == step.touched.before;
    if (is_restored && step.outcome != Outcome::pending && step.outcome != Outcome::overridden) {
        step.outcome = step.first == step.now ? Outcome::unchanged : Outcome::changed;
        step.message = step.surprise;
    }
    const bool is_kept = restores_ != Restores::everything_for_good;
    const auto away = why_away(step, survey_);
    step.touched.is_away = away && may_hold_ours(step.touched);
    if (step.outcome == Outcome::away && !step.touched.is_away) {
        step.outcome = Outcome::gone;
    } else if (step.touched.is_away) {
        step.outcome = Outcome::away;
        step.message = fmt::format("{}; its old value is {}", *away,
                                   is_kept ? "kept for when it is back" : "forgotten");
    }
    step.is_left = (step.touched.is_away && is_kept) || step.outcome == Outcome::overridden;
}

/// What went with a change that is left as it is comes back with that; what such a change rules
/// cannot be otherwise before.
void Undo::keep_what_went_along(std::vector<UndoStep>& steps) {
    for (UndoStep& step : steps) {
        const bool is_ruled = step.outcome == Outcome::refused && step.now;
        if (!step.touched.is_side_effect || step.is_left ||
            (step.outcome != Outcome::gone && !is_ruled)) {
            continue;
        }
        const auto cause = std::ranges::find_if(steps, [&](const UndoStep& other) {
            return other.is_left &&
                   (is_ruled ? takes_along(other, step) : brings_back(other, step));
        });
        if (cause == steps.end()) {
            continue;
        }
        const std::string whose = text_of(cause->setting, cause->touched.key.target);
        step.is_left = true;
        step.touched.is_away = cause->touched.is_away;
        if (is_ruled) {
            step.outcome = Outcome::overridden;
            step.message = left_since(step, fmt::format("{} is left and rules it", whose));
        } else {
            step.outcome = cause->outcome == Outcome::away ? Outcome::away : Outcome::gone;
            step.message =
                fmt::format("gone for now; its old value is kept for when {} is restored", whose);
        }
    }
}

void Undo::tell(const UndoStep& step, Undone& undone) const {
    const bool is_restored = step.now && *step.now == step.touched.before;
    undone.has_away = undone.has_away || step.touched.is_away;
    undone.has_changed = undone.has_changed || step.first != step.now;
    undone.is_complete = undone.is_complete &&
                         (is_restored || step.touched.is_away || step.outcome == Outcome::gone ||
                          step.outcome == Outcome::overridden);
    undone.leaves_to_operator = undone.leaves_to_operator || (step.is_operators && step.is_left);
    // A failed apply leaves nothing to a later rollback: what an operator did is how it is now.
    if (step.is_left && !(step.is_operators && restores_ == Restores::just_made)) {
        undone.left.push_back(step.touched);
    }
    undone.rows.push_back(row_of(step));
}

}  // namespace nanotune
