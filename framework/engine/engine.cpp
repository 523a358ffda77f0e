#include "engine/engine.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/consent.hpp"
#include "engine/drift_notes.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/names.hpp"
#include "engine/plan_report.hpp"
#include "engine/refusal.hpp"
#include "engine/repairable.hpp"
#include "engine/whole_plan.hpp"
#include "model/problem_order.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {

Engine::Engine(EngineParts parts)
    : parts_(std::move(parts)), calls_(parts_.systems, parts_.clock) {}

Engine::~Engine() {
    static_cast<void>(end_vigil());
}

void Engine::forget() {
    last_apply_.reset();
    parts_.state.forget();
    calls_.rest();
}

Status Engine::looked(std::function<void()> work) {
    const auto view = parts_.is_guard ? parts_.state.view() : Result<JournalView>(JournalView());
    return calls_.supervised(view ? time_to_look(parts_, view->ledger) : parts_.looking_time,
                             std::move(work));
}

Checked<Plan> Engine::plan(const ResolvedProfile& profile) {
    return plan(profile, view());
}

Checked<Plan> Engine::plan(const ResolvedProfile& profile, const Result<JournalView>& recorded) {
    const auto plan = std::make_shared<Checked<Plan>>();
    const Status done =
        looked([this, plan, profile, recorded] { *plan = plan_now(profile, recorded); });
    return done ? std::move(*plan) : std::unexpected(Problems{done.error()});
}

Result<JournalView> Engine::view() const {
    auto view = parts_.state.view();
    if (view) {
        view->ledger.rename(names_of(parts_.catalog));
    }
    return view;
}

Checked<Plan> Engine::plan_now(const ResolvedProfile& profile, const Result<JournalView>& view) {
    if (!view && view.error().code != ErrorCode::denied) {
        return std::unexpected(Problems{view.error()});
    }
    Survey survey(calls_);
    Ledger ledger = view ? view->ledger : Ledger{};
    if (Status followed = follow_devices(ledger, parts_.catalog, survey); !followed) {
        return std::unexpected(Problems{std::move(followed).error()});
    }
    auto whole = whole_plan(profile, parts_.catalog, ledger, survey);
    if (!whole) {
        return std::unexpected(std::move(whole).error());
    }
    Plan plan = (*std::move(whole)).joined(profile);
    const DriftWords words(profile);
    DriftNotes drift;
    for (const auto* changes : {&plan.changes, &plan.unchanged}) {
        for (const Change& change : *changes) {
            const Desired& desired = change.desired;
            const auto policy = words.at(desired.origin);
            if (policy != DriftPolicy::repair || may_be_put_back(desired.setting, desired.value)) {
                drift.add(desired.setting.full_name(), desired.candidate->target.text(), policy);
            }
        }
    }
    std::ranges::move(drift.notes(), std::back_inserter(plan.warnings));
    if (is_root()) {  // anybody else is told by apply to be root
        plan.unwritable = missing_permissions({&plan, 1}, survey);
    }
    if (!view) {
        plan.warnings.push_back(
            fmt::format("what earlier applies hold is not known: {}", view.error().message));
    } else {
        std::ranges::copy(view->notes, std::back_inserter(plan.warnings));
        const HostState state = state_of(ledger, parts_.now());
        if (state == HostState::interrupted && view->at_work.empty()) {
            plan.warnings.push_back(interruption_of(ledger) +
                                    "; apply or rollback restores it first");
        } else if (state == HostState::overdue) {
            plan.warnings.push_back(missed_confirmation_of(*ledger.active(), parts_.now()) +
                                    "; apply or rollback takes it back first");
        }
    }
    return plan;
}

/// A setting that is missing from the part may make others not fit; that a NIC is not there, or
/// cannot do it, no other line changes.
Problems Engine::all_problems(const ResolvedProfile& part, Problems known) {
    const auto line_of = [](const Error& problem) {
        const Origin place = place_of(problem);
        return std::pair(place.file, place.line);
    };
    std::set<std::pair<std::string, std::uint32_t>> lines;
    std::ranges::transform(known, std::inserter(lines, lines.end()), line_of);
    if (const auto plan = this->plan(part); !plan) {
        std::ranges::copy_if(plan.error(), std::back_inserter(known), [&](const Error& problem) {
            return (problem.code == ErrorCode::not_found ||
                    problem.code == ErrorCode::unsupported) &&
                   !lines.contains(line_of(problem));
        });
    }
    sort_by_place(known);
    return known;
}

namespace {

/// Whoever was at work when the look at the host began, or is now, may take back what was seen.
void tell_state(Report& report, const Result<JournalView>& before, const Result<JournalView>& after,
                const Moment& now) {
    report.state = state_of(after, now);
    for (const auto* view : {&before, &after}) {
        if (!*view || (*view)->at_work.empty() || report.exit == Exit::lock_or_timeout) {
            continue;
        }
        report.state = HostState::unknown;
        report.exit = worse(report.exit, Exit::lock_or_timeout);
        if (auto note = work_of((*view)->at_work);
            std::ranges::find(report.notes, note) == report.notes.end()) {
            report.notes.push_back(std::move(note));
        }
    }
}

}  // namespace

Report Engine::planned(const ResolvedProfile& profile) {
    const auto recorded = view();
    const auto plan = this->plan(profile, recorded);
    Report report = told(plan, profile, recorded);
    return !plan || plan->unwritable.empty() ? report
                                             : refused(std::move(report), plan->unwritable);
}

/// What the host holds beside what is wanted, and how that stands.
Report Engine::told(const Checked<Plan>& plan, const ResolvedProfile& profile,
                    const Result<JournalView>& recorded) {
    if (!plan) {
        Report report = report_for("plan");
        report.profile = profile.name;
        tell_state(report, recorded, parts_.state.view(), parts_.now());
        return refused(std::move(report), plan.error());
    }
    Report report = report_of(*plan, "plan");
    for (const Row& row : report.rows) {
        report.exit = worse(report.exit, exit_of(row.outcome));
    }
    tell_state(report, recorded, parts_.state.view(), parts_.now());
    if (report.state == HostState::interrupted || report.state == HostState::overdue) {
        report.exit = worse(report.exit, Exit::differs);  // what is there is to be taken back
    }
    return report;
}

}  // namespace nanotune
