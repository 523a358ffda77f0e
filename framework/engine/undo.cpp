#include "engine/undo.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "engine/consent.hpp"
#include "engine/reach.hpp"
#include "engine/resets.hpp"

namespace nanotune {
namespace {

/// Whether what was refused may be possible once this has its old value again: rules of a NIC that
/// takes any again, an MTU of IPv6 below the device's.
bool takes_others_along(const Change& change) {
    const Tunable& tunable = *change.desired.setting.tunable;
    return tunable.along_stack || !tunable.carries.empty() ||
           resets_anything(tunable, change.desired.candidate);
}

/// The first one, and again at devices that were away meanwhile.
constexpr int most_looks = 3;

bool is_disruptive(const UndoStep& step) {
    return step.setting.tunable != nullptr && step.setting.tunable->impact != Impact::none;
}

}  // namespace

std::vector<UndoStep> Undo::steps(const std::vector<Touched>& touched) {
    std::vector<UndoStep> steps;
    for (const Touched& one : touched) {
        UndoStep step{.touched = one, .setting = {}, .now = {}, .first = {}, .message = {}};
        if (auto setting = catalog_.setting(one.key.setting)) {
            step.setting = *setting;
        } else {
            step.outcome = Outcome::refused;
            step.message = std::move(setting).error().message;
        }
        tell_apart(step, survey_);
        if (is_disruptive(step) && !step.is_out_of_reach) {  // while there is time
            step.allow = allow_words(*step.setting.tunable, candidate_of(step));
        }
        steps.push_back(std::move(step));
    }
    look(steps);
    for (UndoStep& step : steps) {
        if (step.outcome == Outcome::not_done && step.now) {
            judge(step);
        }
    }
    return steps;
}

/// Whose the value is that was found.
void Undo::judge(UndoStep& step) const {
    const Touched& one = step.touched;
    const bool is_third = !is_forced() && is_cut_off(one) && step.first != one.wanted &&
                          step.first != one.held && !one.has_put_back(step.first);
    if (step.now == one.before) {
        step.outcome = Outcome::unchanged;
    } else if (!is_ours(step)) {
        step.outcome = Outcome::overridden;
        step.message = left_since(step, "somebody else changed it since");
    } else if (is_third) {
        step.surprise =
            fmt::format("it was {}, neither the old value nor {}, which was being set",
                        printed_or_nothing(step, step.first), printed_or_nothing(step, one.wanted));
    }
}

bool Undo::is_ours(const UndoStep& step) const {
    if (!step.first) {
        return is_forced();
    }
    const Touched& touched = step.touched;
    const Value& found = *step.first;
    if (is_forced() || found == touched.wanted || touched.has_put_back(found) ||
        (restores_ == Restores::ours_and_reset && touched.is_side_effect)) {
        return true;
    }
    return touched.got ? found == *touched.got
                       : !is_cut_off(touched) || found == touched.held ||
                             may_come_of(step.setting.tunable->domain, touched.wanted, found);
}

/// Where targets cannot be listed any more, what was known of this one counts.
Candidate Undo::candidate_of(const UndoStep& step) {
    const Target& target = step.touched.key.target;
    const auto listed = survey_.candidates(step.setting.bank->discovery());
    if (listed) {
        Candidate candidate = survey_.candidate_of(step.setting, target);
        if (step.touched.key.device != 0) {
            candidate.identity = step.touched.bearer.device;  // whoever has its name by now
        }
        targets_.insert_or_assign(step.touched.key, candidate);
        return candidate;
    }
    if (const auto known = targets_.find(step.touched.key); known != targets_.end()) {
        return known->second;
    }
    Candidate candidate{.target = target};
    if (!target.device().empty() || step.touched.bearer.device.is_known()) {
        candidate.facts.emplace_back(unlisted_fact, listed.error().message);
    }
    return candidate;
}

Change Undo::change_of(const UndoStep& step) {
    return {.desired = {.setting = step.setting,
                        .candidate = candidate_of(step),
                        .value = step.touched.before,
                        .origin = {.file = "journal"},
                        .by_exact_name = true,
                        .group = {},
                        .missing = {},
                        .as_requested = true},
            .before = step.now,
            .known_after = {},
            .note = {}};
}

std::vector<Change> Undo::changes(const std::vector<UndoStep>& steps) {
    std::vector<Change> changes;
    for (const UndoStep& step : steps) {
        if (step.outcome == Outcome::not_done && step.now) {
            changes.push_back(change_of(step));
        }
    }
    return changes;
}

std::vector<Change> Undo::unread(const std::vector<UndoStep>& steps) {
    std::vector<Change> changes;
    for (const UndoStep& step : steps) {
        if (step.outcome == Outcome::refused && step.setting.tunable != nullptr && !step.hangs) {
            changes.push_back(change_of(step));
        }
    }
    return changes;
}

/// What was refused may have waited for a CPU or a queue that is back now.
bool Undo::is_due_again(Outcome outcome) const {
    return outcome == Outcome::changed || outcome == Outcome::unchanged ||
           outcome == Outcome::pending || outcome == Outcome::adjusted ||
           (is_remade_ && (outcome == Outcome::refused || outcome == Outcome::unmovable));
}

void Undo::restore(std::vector<UndoStep>& steps, Stage stage, bool again) {
    std::vector<Change> changes;
    std::vector<UndoStep*> written;
    const KeySet waiting = again ? KeySet() : following(steps, stage, catalog_);
    for (UndoStep& step : steps) {
        if (!again && stage == Stage::datapath && step.touched.is_side_effect) {
            continue;  // paused, until its device is as it was
        }
        if (waiting.contains(step.touched.key)) {
            continue;
        }
        const bool is_due =
            step.setting.tunable != nullptr && step.setting.bank->stage() == stage &&
            (step.outcome == Outcome::not_done || (again && is_due_again(step.outcome)));
        if (is_due && step.now && *step.now != step.touched.before) {
            changes.push_back(change_of(step));
            written.push_back(&step);
        }
    }
    if (changes.empty()) {
        return;
    }
    is_remade_ = is_remade_ || std::ranges::any_of(changes, takes_others_along);
    if (!again) {  // last in, first out
        std::ranges::reverse(changes);
        std::ranges::reverse(written);
    }
    pause(changes);
    Writer writer(survey_,
                  {.on_failure = OnFailure::go_on, .doing = doing_, .carriers = &carriers_});
    const std::vector<Written> results = writer.write(std::move(changes));
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Written& result = results[i];
        written[i]->outcome = result.outcome;
        written[i]->message = result.message;
        if (result.got) {
            note(*written[i], *result.got);
        }
    }
    if (stage == Stage::topology || stage == Stage::queues) {
        survey_.forget();
        is_remade_ = true;
    }
}

void Undo::recall_carriers(const std::vector<UndoStep>& steps) {
    if (carriers_.killed() == Killed::nothing) {
        return;
    }
    for (const UndoStep& step : steps) {
        if (step.now && step.setting.tunable != nullptr &&
            (step.touched.takes_carrier ||
             (carriers_.killed() == Killed::rollback && may_take_link(change_of(step))))) {
            carriers_.recall(std::string(step.touched.key.target.device()),
                             step.touched.takes_carrier);
        }
    }
}

Undone Undo::run(const std::vector<Touched>& touched) {
    std::vector<UndoStep> steps = this->steps(touched);
    recall_carriers(steps);
    for (const Stage stage : all_stages | std::views::reverse) {
        restore(steps, stage, false);
    }
    carriers_.wait_for_recalled();
    // What came back with a queue or a CPU, or was reset by restoring, is put right now.
    survey_.forget();
    look_at_left(steps);
    bool looks_again = true;
    for (int looks = 0; looks_again && looks < most_looks; ++looks) {
        look(steps);
        for (const Stage stage : all_stages) {
            restore(steps, stage, true);
        }
        looks_again = is_back(steps);
    }
    Undone undone;
    undone.notes = carriers_.missing();
    go_on(steps, undone);
    std::ranges::for_each(steps, [this](UndoStep& step) { end(step); });
    keep_what_went_along(steps);
    for (const UndoStep& step : steps) {
        tell(step, undone);
    }
    return undone;
}

}  // namespace nanotune
