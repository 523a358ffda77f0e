// Workers that hold a device end while it is restored, and go on after that.
#include <algorithm>

#include <fmt/format.h>

#include "engine/stage_plan.hpp"
#include "engine/undo.hpp"

namespace nanotune {
namespace {

bool pauses_workers(const Change& change) {
    return !change.desired.setting.tunable->pauses.empty();
}

}  // namespace

/// What holds a device cannot stay beside what is restored on it.
void Undo::pause(const std::vector<Change>& changes) {
    if (std::ranges::none_of(changes, pauses_workers)) {
        return;
    }
    survey_.forget();  // some have ended by now
    Pauses pauses(catalog_, survey_);
    for (const Change& change : changes) {
        const auto holding = pauses.on(change);
        for (const Place& place : holding.value_or(std::vector<Place>())) {
            const auto readings = survey_.read({place});
            if (!readings || !readings->front() || readings->front()->requested) {
                continue;  // it does not run any more, or nobody knows
            }
            if (pauses.pause(place)) {
                paused_.push_back({.desired = {.setting = place.setting,
                                               .candidate = Candidate{.target = place.target},
                                               .value = readings->front()->value,
                                               .origin = {.file = "journal"},
                                               .by_exact_name = true,
                                               .group = {},
                                               .missing = {}},
                                   .before = {},
                                   .known_after = {},
                                   .note = {}});
            }
        }
    }
}

/// Those that paused for what is undone now, or for the change itself.
void Undo::go_on(const std::vector<UndoStep>& steps, Undone& undone) {
    for (const UndoStep& step : steps) {
        const bool is_worker = step.setting.tunable != nullptr &&
                               step.setting.bank->stage() == Stage::datapath &&
                               step.touched.is_side_effect && !step.is_out_of_reach;
        if (is_worker && std::ranges::find(paused_, step.touched.key, [](const Change& change) {
                             return key_of(change.desired);
                         }) == paused_.end()) {
            paused_.push_back(change_of(step));
        }
    }
    const auto readings = survey_.read(places_of(paused_));
    std::vector<Change> stopped;
    for (std::size_t i = 0; readings && i < paused_.size(); ++i) {
        if ((*readings)[i] && (*readings)[i]->requested) {
            stopped.push_back(std::move(paused_[i]));
        }
    }
    paused_.clear();
    Writer writer(survey_, {.on_failure = OnFailure::go_on, .doing = doing_});
    for (const Written& result : writer.write(std::move(stopped))) {
        if (result.got != result.change.desired.value) {
            undone.is_complete = false;
            undone.notes.push_back(fmt::format("{} paused, and does not start again: {}",
                                               result.change.desired.candidate->target.text(),
                                               result.message));
        }
    }
}

}  // namespace nanotune
