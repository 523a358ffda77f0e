// The verbs that only look: capture and what rollback would do.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/carried.hpp"
#include "engine/consent.hpp"
#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/reach.hpp"
#include "engine/readable.hpp"
#include "engine/refusal.hpp"
#include "engine/rollback.hpp"
#include "engine/trial_grounds.hpp"

namespace nanotune {

namespace {

/// What a rollback finds. The thread that looks has a share of it: a call may hang.
struct RollbackLook {
    Survey survey;
    Ledger ledger;
    std::vector<UndoStep> steps;
    std::map<Key, std::string> management;  ///< why the operator depends on the NIC

    /// Reads only. Once more where it did not come to its end.
    void take(const Catalog& catalog, std::uint64_t oldest, Restores restores) {
        survey.forget();
        // What cannot be asked is undone by its name.
        static_cast<void>(follow_devices(ledger, catalog, survey));
        const std::vector<Touched> touched = undoing_from(ledger, oldest, catalog);
        Undo undo(catalog, survey, restores, {}, Carriers(survey, {}));
        steps = undo.steps(touched);
        std::ranges::for_each(steps, [this](UndoStep& step) {
            if (auto why = why_away(step, survey)) {
                step.outcome = step.touched.may_hold_ours() ? Outcome::away : Outcome::gone;
                step.message = *std::move(why);
            }
        });
        foretell(steps);
        for (const Change& change : undo.changes(steps)) {
            management.insert_or_assign(key_of(change.desired), why_management(change));
        }
    }
};

void add_rows(Report& report, RollbackLook& look) {
    for (const UndoStep& step : look.steps) {
        report.rows.push_back(row_of(step));
        if (step.outcome == Outcome::not_done) {
            std::string& message = report.rows.back().message;
            message = joined(std::move(message), look.management[step.touched.key]);
        }
        if (step.outcome == Outcome::not_done || step.outcome == Outcome::away ||
            step.outcome == Outcome::refused) {
            report.exit = worse(report.exit, Exit::differs);
        }
    }
}

}  // namespace

Report Engine::rollback_plan(const RollbackRequest& request) {
    Report report = report_for("rollback");
    auto view = this->view();
    report.state = state_of(view, parts_.now());
    if (!view) {
        return refused(std::move(report), {std::move(view).error()});
    }
    report.notes = view->notes;
    if (!view->at_work.empty()) {
        report.exit = Exit::lock_or_timeout;
        return report;
    }
    const Ledger& ledger = view->ledger;
    std::uint64_t oldest = oldest_to_undo(ledger, request);
    if (ledger.open() != nullptr && !request.all) {
        oldest = ledger.open_undoes();
        report.notes.push_back(interruption_of(ledger));
    } else if (report.state == HostState::overdue) {
        report.notes.push_back(missed_confirmation_of(*ledger.active(), parts_.now()));
    }
    const auto look = std::make_shared<RollbackLook>(
        RollbackLook{.survey = Survey(calls_), .ledger = ledger, .steps = {}, .management = {}});
    report.problems = calls_.persevered(
        request.timeout, [this, look, oldest, restores = restores_for(ledger, oldest, request)] {
            look->take(parts_.catalog, oldest, restores);
        });
    if (!report.problems.empty()) {
        report.exit = Exit::lock_or_timeout;
    }
    add_rows(report, *look);
    return report;
}

namespace {

/// A device's parts that hold what the device itself holds (Tunable::carries): they have it with
/// the device, and would say it a second time.
std::set<std::size_t> parts_alike(const std::vector<Place>& places,
                                  const std::vector<Candidate>& candidates,
                                  const std::vector<Result<Reading>>& readings,
                                  const Catalog& catalog) {
    std::map<std::pair<const Tunable*, std::string>, const Value*> of_devices;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (const std::string_view name : words_of(places[i].setting.tunable->carries)) {
            const auto part = catalog.setting(name);
            if (part && part->bank != places[i].setting.bank && readings[i]) {
                of_devices[{part->tunable, candidates[i].device}] = &readings[i]->value;
            }
        }
    }
    std::set<std::size_t> alike;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto whole = of_devices.find({places[i].setting.tunable, candidates[i].device});
        if (whole != of_devices.end() && readings[i] && readings[i]->value == *whole->second) {
            alike.insert(i);
        }
    }
    return alike;
}

/// What is held by names that only this host knows: no list of settings has them, and a profile
/// without them would have them returned to what they were.
void add_held(Ledger& ledger, const Catalog& catalog, Survey& survey, std::vector<Place>& places,
              std::vector<Candidate>& candidates) {
    if (ledger.active() == nullptr || !follow_devices(ledger, catalog, survey)) {
        return;
    }
    std::set<std::pair<const Tunable*, Target>> known;
    for (const Place& place : places) {
        known.emplace(place.setting.tunable, place.target);
    }
    for (const auto& [key, held] : ledger.active()->held) {
        const auto setting = catalog.setting(key.setting);
        if (!setting || setting->tunable->check_only || is_out_of_reach(key, held.bearer) ||
            known.contains({setting->tunable, key.target})) {
            continue;
        }
        places.push_back({*setting, key.target});
        candidates.push_back(survey.candidate_of(*setting, key.target));
    }
}

}  // namespace

Result<std::vector<Captured>> Engine::capture() {
    const auto captured = std::make_shared<Result<std::vector<Captured>>>();
    // Where the journal cannot be read the host can be, and is all that is asked for.
    const auto view = this->view();
    const Ledger ledger = view ? view->ledger : Ledger();
    NT_CHECK(looked([this, captured, ledger] { *captured = capture_now(ledger); }));
    return std::move(*captured);
}

Result<TrialGrounds> Engine::trial_grounds(const std::string& nic) {
    const auto grounds = std::make_shared<Result<TrialGrounds>>();
    NT_CHECK(looked([this, grounds, nic] {
        Survey survey(calls_);
        *grounds = nanotune::trial_grounds(parts_.catalog, survey, nic);
    }));
    return std::move(*grounds);
}

Result<std::vector<Captured>> Engine::capture_now(Ledger ledger) {
    Survey survey(calls_);
    std::vector<Captured> captured;
    std::vector<Place> places;
    std::vector<Candidate> candidates;
    for (const SettingRef& setting : parts_.catalog.settings()) {
        const auto found = survey.candidates(setting.bank->discovery());
        if (!found && found.error().code != ErrorCode::timed_out) {
            continue;  // this host has none of that kind
        }
        NT_TRY(const auto* list, found);
        for (const Candidate& candidate : *list) {
            places.push_back({setting, candidate.target});
            candidates.push_back(candidate);
        }
    }
    add_held(ledger, parts_.catalog, survey, places, candidates);
    NT_TRY(auto readings, survey.read(places));
    const std::set<std::size_t> alike = parts_alike(places, candidates, readings, parts_.catalog);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (readings[i] && !alike.contains(i)) {
            captured.push_back(
                {places[i].setting, std::move(candidates[i]), std::move(readings[i]->value)});
        }
    }
    return captured;
}

}  // namespace nanotune
