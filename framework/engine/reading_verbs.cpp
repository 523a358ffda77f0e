// The verbs that only look: verify, capture and what rollback would do.
#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/engine.hpp"
#include "engine/host_status.hpp"
#include "engine/plan_report.hpp"
#include "engine/readable.hpp"
#include "engine/refusal.hpp"
#include "engine/rollback.hpp"

namespace nanotune {
namespace {

/// "--set a=1 --set b=2"
std::string said_of(const std::vector<std::string>& overrides) {
    return overrides.empty() ? "without --set"
                             : fmt::format("with --set {}", fmt::join(overrides, " --set "));
}

std::string printed_value(const SettingRef& setting, const Value& value) {
    return readable(setting.tunable->domain, value);
}

/// What the active profile holds, against the host: one row each.
void compare_held(const Applied& active, const Catalog& catalog, Survey& survey, Report& report) {
    std::vector<Place> places;
    std::vector<const std::pair<const Key, HeldValue>*> held;
    for (const auto& entry : active.held) {
        if (auto setting = catalog.setting(entry.first.setting)) {
            places.push_back({*setting, entry.first.target});
            held.push_back(&entry);
        } else {
            report.problems.push_back(std::move(setting).error());
            report.exit = worse(report.exit, Exit::differs);
        }
    }
    const auto readings = survey.read(places);
    if (!readings) {
        report.problems.push_back(readings.error());
        report.exit = worse(report.exit, Exit::lock_or_timeout);
        return;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& [key, value] = *held[i];
        Row row{.setting = key.setting,
                .target = key.target,
                .before = {},
                .wanted = printed_value(places[i].setting, value.wanted),
                .got = {},
                .outcome = Outcome::unchanged,
                .impact = places[i].setting.tunable->impact,
                .origin = Origin::from(value.origin),
                .message = {}};
        const Result<Reading>& reading = (*readings)[i];
        if (!reading) {
            row.outcome =
                reading.error().code == ErrorCode::not_found ? Outcome::gone : Outcome::unsupported;
            row.message = reading.error().message;
        } else {
            row.got = printed_value(places[i].setting, reading->value);
            row.message = reading->note;
            const Tunable& tunable = *places[i].setting.tunable;
            if (tunable.check_only && reading->value == value.wanted) {
                row.outcome = Outcome::unchanged;
            } else if (tunable.check_only && value.got != value.wanted) {
                row.outcome = failed_check(tunable);
            } else if (reading->value != value.got) {
                row.outcome = Outcome::differs;
                row.message =
                    fmt::format("was {} after apply", printed_value(places[i].setting, value.got));
            } else if (reading->pending) {
                row.outcome = Outcome::pending;
            } else if (value.got != value.wanted) {
                row.outcome = Outcome::adjusted;
            }
        }
        if (!is_success(row.outcome)) {
            report.exit =
                worse(report.exit,
                      row.outcome == Outcome::needs_reboot ? Exit::reboot_needed : Exit::differs);
        }
        report.rows.push_back(std::move(row));
    }
}

}  // namespace

Report Engine::verify(const ResolvedProfile* profile) {
    auto view = this->view();
    if (profile != nullptr) {
        Report report = planned(*profile);
        report.verb = "verify";
        const Applied* active = view ? view->ledger.active() : nullptr;
        if (active != nullptr && active->profile == profile->name &&
            active->overrides != texts_of(profile->overrides)) {
            report.notes.push_back(fmt::format("{} is applied {}, and compared {}", active->profile,
                                               said_of(active->overrides),
                                               said_of(texts_of(profile->overrides))));
        }
        for (Row& row : report.rows) {
            row.outcome = row.outcome == Outcome::not_done ? Outcome::differs : row.outcome;
        }
        return report;
    }
    Report report;
    report.verb = "verify";
    report.state = state_of(view, parts_.now());
    if (!view) {
        report.problems.push_back(std::move(view).error());
        report.exit = Exit::refused;
        return report;
    }
    report.notes = view->notes;
    if (!view->at_work.empty()) {
        report.exit = worse(report.exit, Exit::lock_or_timeout);
    } else if (view->ledger.open() != nullptr) {
        report.notes.push_back(
            fmt::format("a transaction is open: {}; apply or rollback restores every old value",
                        interruption_of(view->ledger)));
        report.exit = worse(report.exit, Exit::differs);
    }
    if (report.state == HostState::degraded) {
        report.notes.emplace_back("not all of what was to be held or restored is: see status");
        report.exit = worse(report.exit, Exit::differs);
    }
    const Applied* active = view->ledger.active();
    if (active == nullptr) {
        report.notes.emplace_back("nothing is applied; name a profile to compare the host with it");
        return report;
    }
    report.profile = active->profile;
    if (report.state == HostState::overdue) {
        report.notes.push_back(missed_confirmation_of(*active, parts_.now()) +
                               "; apply or rollback takes it back");
        report.exit = worse(report.exit, Exit::differs);
    }
    const auto compared = std::make_shared<Report>(report);
    const Status done = looked([this, compared, active] {
        Survey survey(calls_);
        compare_held(*active, parts_.catalog, survey, *compared);
    });
    return done ? std::move(*compared) : refused(std::move(report), {done.error()});
}

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
    struct Look {
        Survey survey;
        std::vector<UndoStep> steps;
        std::map<Key, std::string> management;  // why the operator depends on the NIC
    };
    const auto look =
        std::make_shared<Look>(Look{.survey = Survey(calls_), .steps = {}, .management = {}});
    report.problems = calls_.persevered(
        request.timeout, [this, look, touched = ledger.undoing_from(oldest),
                          restores = restores_for(ledger, oldest, request.force)] {
            look->survey.forget();
            Undo undo(parts_.catalog, look->survey, restores, {}, Carriers(look->survey, {}));
            look->steps = undo.steps(touched);
            foretell(look->steps);
            for (const Change& change : undo.changes(look->steps)) {
                look->management.insert_or_assign(key_of(change.desired), why_management(change));
            }
        });
    if (!report.problems.empty()) {
        report.exit = Exit::lock_or_timeout;
    }
    for (const UndoStep& step : look->steps) {
        report.rows.push_back(row_of(step));
        if (step.outcome == Outcome::not_done) {
            report.rows.back().message = look->management[step.touched.key];
            report.exit = worse(report.exit, Exit::differs);
        }
    }
    return report;
}

Result<std::vector<Captured>> Engine::capture() {
    const auto captured = std::make_shared<Result<std::vector<Captured>>>();
    NT_CHECK(looked([this, captured] { *captured = capture_now(); }));
    return std::move(*captured);
}

Result<std::vector<Captured>> Engine::capture_now() {
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
    NT_TRY(auto readings, survey.read(places));
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (readings[i]) {
            captured.push_back(
                {places[i].setting, std::move(candidates[i]), std::move(readings[i]->value)});
        }
    }
    return captured;
}

}  // namespace nanotune
