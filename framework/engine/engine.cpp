#include "engine/engine.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/host_status.hpp"
#include "engine/plan_report.hpp"
#include "engine/undo.hpp"

namespace nanotune {
namespace {

Report report_for(std::string_view verb) {
    Report report;
    report.verb = verb;
    return report;
}

Report refused(Report report, Problems problems) {
    std::ranges::move(problems, std::back_inserter(report.problems));
    report.exit = worse(report.exit, Exit::refused);
    for (const Error& problem : report.problems) {
        if (problem.code == ErrorCode::timed_out || problem.code == ErrorCode::busy) {
            report.exit = Exit::lock_or_timeout;
        }
    }
    return report;
}

/// The journal's exclusive use for one writing verb.
struct Session {
    Lock lock;
    Journal journal;
};

Result<Session> open_session(const EngineParts& parts, Opening opening,
                             std::vector<std::string>& notes) {
    NT_TRY(Lock lock, parts.state.lock(parts.command, parts.lock_patience));
    NT_TRY(Journal journal, parts.state.open(notes, opening));
    return Session{std::move(lock), std::move(journal)};
}

/// What a change took away along with its target comes back with the target: a queue's steering.
bool comes_back(const UndoStep& step, const std::vector<Change>& changes) {
    return step.outcome == Outcome::gone && step.touched.is_side_effect &&
           std::ranges::any_of(changes, [&step](const Change& change) {
               const auto lost = words_of(change.desired.setting.tunable->resets);
               return std::ranges::find(lost, step.touched.key.setting) != lost.end();
           });
}

/// Whether the apply of this number is cut off, half rolled back or not confirmed.
bool awaits(const Ledger& ledger, std::uint64_t id) {
    if (ledger.open() != nullptr) {
        return ledger.open_kind() == "apply" ? ledger.open()->id == id : ledger.open_undoes() == id;
    }
    const Applied* active = ledger.active();
    return active != nullptr && active->id == id && active->is_awaiting;
}

/// Undoes applies from `oldest` on (an open one included), as one journalled rollback.
Undone roll_back(const EngineParts& parts, Journal& journal, Survey& survey, std::uint64_t oldest,
                 const RollbackRequest& request, Report& report) {
    const Applied* active = journal.ledger().active();
    const bool is_apply_open =
        journal.ledger().open() != nullptr && journal.ledger().open_kind() == "apply";
    const std::vector<Touched> touched = journal.ledger().undoing_from(oldest);
    if (!is_apply_open) {
        // Where it cannot be recorded the host comes first: `sync` tries again, and says so, below.
        static_cast<void>(journal.append(
            record::Begin{.id = journal.ledger().next_id(parts.now()),
                          .kind = "rollback",
                          .undoes = request.all && request.force ? 0 : oldest,
                          .profile = active == nullptr ? std::string() : active->profile,
                          .profile_hash = {},
                          .started = timestamp(parts.now())}));
        static_cast<void>(journal.sync());
    }
    Hung hung;
    std::size_t done = 0;
    Undone undone = Undo(parts.catalog, survey, hung, request.force || is_apply_open,
                         [&](const std::string& what) {
                             if (request.progress) {
                                 request.progress({what, done++, touched.size()});
                             }
                         })
                        .run(touched);
    Status recorded;
    for (const Touched& left : undone.left) {
        recorded = recorded
                       ? journal.append(record::Left{left.key.setting, left.key.target, left.before,
                                                     left.wanted, left.got.value_or(left.wanted)})
                       : recorded;
    }
    const std::string_view complete = is_apply_open ? "undone" : "finished";
    recorded =
        recorded
            ? journal.append(record::End{std::string(undone.is_complete ? complete : "partial")})
            : recorded;
    recorded = recorded ? journal.sync() : recorded;
    if (!recorded) {
        report.problems.push_back(
            {.code = ErrorCode::io,
             .message = fmt::format("the host is rolled back, but the journal still shows it as it "
                                    "was: {}",
                                    recorded.error().message)});
        report.exit = worse(report.exit, Exit::rolled_back);
    }
    report.changed = report.changed || undone.has_changed;
    if (!undone.left.empty()) {
        report.notes.push_back(left_behind(undone.left.size()));
    }
    return undone;
}

/// Says what is not known, and that nobody can call it restored.
void say_lost(const Ledger& ledger, std::uint64_t oldest, Report& report) {
    for (const record::Lost& lost : ledger.lost()) {
        if (lost.after >= oldest) {
            report.problems.push_back({.code = ErrorCode::damaged, .message = loss_of(lost)});
            report.exit = worse(report.exit, Exit::not_restored);
        }
    }
}

/// Finishes what a killed process left open, and takes back what nobody confirmed in time. Whether
/// the host is in order again.
bool recover(const EngineParts& parts, Journal& journal, Survey& survey, Report& report) {
    const Ledger& ledger = journal.ledger();
    const HostState state = state_of(ledger, parts.now());
    if (state != HostState::interrupted && state != HostState::overdue) {
        return true;
    }
    const bool is_apply = state == HostState::overdue || ledger.open_kind() == "apply";
    const Applied& due = state == HostState::overdue ? *ledger.active() : *ledger.open();
    const std::string what =
        state == HostState::overdue ? missed_confirmation_of(due) : interruption_of(ledger);
    const std::uint64_t oldest = is_apply ? due.id : ledger.open_undoes();
    report.profile = report.profile.empty() ? due.profile : report.profile;
    const bool has_lost = ledger.has_lost_since(oldest);
    Undone undone = roll_back(parts, journal, survey, oldest, {}, report);
    report.notes.push_back(fmt::format("{}; {}", what,
                                       !undone.is_complete ? "not everything could be restored"
                                       : has_lost ? "every old value that is known is restored"
                                       : is_apply ? "every old value is restored"
                                                  : "it is finished now"));
    if (!undone.is_complete) {
        std::ranges::move(undone.rows, std::back_inserter(report.rows));
        report.exit = worse(report.exit, Exit::not_restored);
    }
    return undone.is_complete;
}

}  // namespace

Engine::Engine(EngineParts parts) : parts_(std::move(parts)), calls_(parts_.systems) {}

Engine::~Engine() = default;

Checked<Plan> Engine::plan(const ResolvedProfile& profile) {
    auto view = parts_.state.view();
    if (!view && view.error().code != ErrorCode::denied) {
        return std::unexpected(Problems{std::move(view).error()});
    }
    Survey survey(calls_);
    const Ledger ledger = view ? view->ledger : Ledger{};
    auto whole = whole_plan(profile, parts_.catalog, ledger, survey);
    if (!whole) {
        return std::unexpected(std::move(whole).error());
    }
    Plan plan = whole->joined(profile);
    if (!view) {
        plan.warnings.push_back(
            fmt::format("what earlier applies hold is not known: {}", view.error().message));
    } else {
        std::ranges::move(view->notes, std::back_inserter(plan.warnings));
        const HostState state = state_of(ledger, parts_.now());
        if (state == HostState::interrupted) {
            plan.warnings.push_back(interruption_of(ledger) +
                                    "; apply or rollback restores it first");
        } else if (state == HostState::overdue) {
            plan.warnings.push_back(missed_confirmation_of(*ledger.active()) +
                                    "; apply or rollback takes it back first");
        }
    }
    return plan;
}

Report Engine::planned(const ResolvedProfile& profile) {
    auto plan = this->plan(profile);
    if (!plan) {
        Report report = report_for("plan");
        report.profile = profile.name;
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), std::move(plan).error());
    }
    Report report = report_of(*plan, "plan");
    for (const Row& row : report.rows) {
        if (row.outcome == Outcome::not_done || row.outcome == Outcome::differs) {
            report.exit = worse(report.exit, Exit::differs);
        } else if (row.outcome == Outcome::needs_reboot) {
            report.exit = worse(report.exit, Exit::reboot_needed);
        }
    }
    report.state = state_of(parts_.state.view(), parts_.now());
    return report;
}

/// Everything that an apply uses, alive as long as the thread that works on it, given up or not.
struct Engine::ApplyRun {
    ResolvedProfile profile;
    ApplyRequest request;
    std::optional<Session> session = {};
    std::optional<Survey> survey = {};
    Report report = {};
    std::optional<Apply> apply = {};  ///< once it writes
};

Report Engine::apply(const ResolvedProfile& profile, const ApplyRequest& request) {
    const auto run = std::make_shared<ApplyRun>(ApplyRun{.profile = profile, .request = request});
    calls_.set_deadline(CallRunner::Clock::now() + request.timeout);
    if (const Status done = calls_.supervised([this, run] { run->report = applied(*run); });
        !done) {
        return rescued(run, done.error());
    }
    calls_.set_deadline(CallRunner::Clock::time_point::max());
    return std::move(run->report);
}

/// The rest of an apply whose thread hangs in a call.
Report Engine::rescued(const std::shared_ptr<ApplyRun>& run, const Error& cause) {
    if (!run->apply) {
        Report report = report_for("apply");
        report.profile = run->profile.name;
        report = refused(std::move(report), {cause});
        if (run->session && run->session->journal.ledger().open() != nullptr) {
            report.exit = Exit::not_restored;  // it hung while an open transaction was undone
            report.state = HostState::interrupted;
        }
        return report;
    }
    calls_.set_deadline(CallRunner::Clock::now() + run->request.timeout);
    const auto undoing = calls_.supervised([run, cause] { run->apply->rescue(cause); });
    Report& report = run->apply->report();
    if (!undoing) {
        report.problems.push_back(undoing.error());
        report.exit = worse(report.exit, Exit::not_restored);
    }
    report.state = state_of(run->session->journal.ledger(), parts_.now());
    return std::move(report);
}

/// Whoever may not keep a journal may not write most settings either: both are told.
Problems Engine::not_permitted(const ResolvedProfile& profile, Error error) {
    Problems problems;
    if (error.kernel_errno == EACCES || error.kernel_errno == EPERM) {
        Survey survey(calls_);
        const auto view = parts_.state.view();
        auto whole = whole_plan(profile, parts_.catalog, view ? view->ledger : Ledger{}, survey);
        problems = whole ? missing_permissions(whole->joined(profile).changes, survey)
                         : std::move(whole).error();
    }
    problems.push_back(std::move(error));
    return problems;
}

Report Engine::applied(ApplyRun& run) {
    const ResolvedProfile& profile = run.profile;
    const ApplyRequest& request = run.request;
    Report report = report_for("apply");
    report.profile = profile.name;
    auto session = open_session(parts_, Opening::apply, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), not_permitted(profile, std::move(session).error()));
    }
    // Waiting for the lock is no part of the apply's time.
    calls_.set_deadline(CallRunner::Clock::now() + request.timeout);
    run.session = *std::move(session);
    Journal& journal = run.session->journal;
    Survey& survey = run.survey.emplace(calls_);
    if (!recover(parts_, journal, survey, report)) {
        report.state = state_of(journal.ledger(), parts_.now());
        return report;
    }
    report.state = state_of(journal.ledger(), parts_.now());
    if (report.state == HostState::awaiting_confirmation) {
        return refused(std::move(report),
                       {{.code = ErrorCode::conflict,
                         .message = fmt::format("{} awaits confirmation: confirm it or roll it "
                                                "back first",
                                                journal.ledger().active()->profile)}});
    }
    auto whole = whole_plan(profile, parts_.catalog, journal.ledger(), survey);
    if (!whole) {
        return refused(std::move(report), std::move(whole).error());
    }
    const Plan joined = whole->joined(profile);
    report.notes.insert(report.notes.end(), joined.warnings.begin(), joined.warnings.end());
    if (!request.expected_plan.empty()) {
        Report planned = report_of(joined, "plan");
        if (fingerprint_of(planned) != request.expected_plan) {
            planned.verb = "apply";
            return refused(
                std::move(planned),
                {{.code = ErrorCode::conflict,
                  .message = "the plan is no longer the one that was written: the profile "
                             "or the host has changed since; nothing was touched"}});
        }
    }
    if (Problems missing = missing_permissions(joined.changes, survey); !missing.empty()) {
        return refused(std::move(report), std::move(missing));
    }
    if (auto rows = missing_consent(joined.changes, request.consent, profile.forbidden);
        !rows.empty()) {
        report.rows = std::move(rows);
        report.exit = worse(report.exit, Exit::consent_missing);
        return report;
    }
    const Applied* active = journal.ledger().active();
    const bool is_active = active != nullptr && active->profile_hash == profile.hash &&
                           !active->is_degraded && report.state == HostState::tuned;
    if (whole->is_empty() && is_active && !request.confirm_within) {
        Report same = report_of(joined, "apply");
        same.notes = std::move(report.notes);
        same.state = report.state;
        same.changed = report.changed;
        for (const Row& row : same.rows) {
            if (row.outcome == Outcome::needs_reboot) {
                same.exit = worse(same.exit, Exit::reboot_needed);
            } else if (row.outcome == Outcome::differs) {
                same.exit = worse(same.exit, Exit::differs);
            }
        }
        return same;
    }
    run.apply.emplace(profile, request, parts_, journal, survey, std::move(report));
    run.apply->run(*std::move(whole));
    run.apply->report().state = state_of(journal.ledger(), parts_.now());
    return run.apply->report();
}

Report Engine::confirm() {
    Report report = report_for("confirm");
    auto session = open_session(parts_, Opening::undo, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), {std::move(session).error()});
    }
    Journal& journal = session->journal;
    const Applied* active = journal.ledger().active();
    report.state = state_of(journal.ledger(), parts_.now());
    if (active == nullptr || !active->is_awaiting || journal.ledger().open() != nullptr) {
        return refused(std::move(report),
                       {{.code = ErrorCode::invalid, .message = "nothing awaits confirmation"}});
    }
    if (report.state == HostState::overdue) {
        return refused(
            std::move(report),
            {{.code = ErrorCode::conflict,
              .message = missed_confirmation_of(*active) +
                         ": it is not kept; the guard takes it back, or, where that has gone, "
                         "nanotune rollback"}});
    }
    report.profile = active->profile;
    Status status = journal.append(record::Confirmed{active->id});
    if (status) {
        status = journal.sync();
    }
    if (!status) {
        return refused(std::move(report), {std::move(status).error()});
    }
    report.state = state_of(journal.ledger(), parts_.now());
    return report;
}

Report Engine::rollback(const RollbackRequest& request) {
    const auto report = std::make_shared<Report>();
    calls_.set_deadline(CallRunner::Clock::now() + request.timeout);
    const Status done =
        calls_.supervised([this, report, request] { *report = rolled_back(request); });
    calls_.set_deadline(CallRunner::Clock::time_point::max());
    if (done) {
        return std::move(*report);
    }
    Report hung = refused(report_for("rollback"), {done.error()});
    hung.exit = Exit::not_restored;  // nobody knows what the call will still do
    hung.state = HostState::interrupted;
    return hung;
}

Report Engine::rolled_back(const RollbackRequest& request) {
    Report report = report_for("rollback");
    auto session = open_session(parts_, Opening::undo, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), {std::move(session).error()});
    }
    Journal& journal = session->journal;
    Survey survey(calls_);
    calls_.set_deadline(CallRunner::Clock::now() + request.timeout);
    report.state = state_of(journal.ledger(), parts_.now());
    if (request.only != 0 && !awaits(journal.ledger(), request.only)) {
        report.notes.emplace_back("nothing awaits confirmation any more; nothing is rolled back");
        return report;
    }
    const bool was_interrupted =
        report.state == HostState::interrupted || report.state == HostState::overdue;
    if (was_interrupted && !request.all) {
        const Ledger& cut_off = journal.ledger();
        say_lost(cut_off, cut_off.open() == nullptr ? cut_off.last(false) : cut_off.open()->id,
                 report);
    }
    if (!recover(parts_, journal, survey, report)) {
        report.state = state_of(journal.ledger(), parts_.now());
        return report;
    }
    const Ledger& ledger = journal.ledger();
    report.state = state_of(ledger, parts_.now());
    const std::uint64_t oldest = request.all && !ledger.applied().empty()
                                     ? ledger.applied().front().id
                                     : ledger.last(request.force);
    if (was_interrupted && !request.all) {
        return report;
    }
    const bool forgets = request.all && request.force && !ledger.lost().empty();
    if (oldest == 0 && !forgets) {
        say_lost(ledger, 0, report);
        if (!was_interrupted) {
            report.notes.emplace_back("nothing is applied; nothing to roll back");
        }
        return report;
    }
    if (oldest != 0) {
        report.profile = ledger.applied().back().profile;
    }
    Hung hung;
    Undo undo(parts_.catalog, survey, hung, request.force, {});
    const std::vector<Change> changes = undo.changes(undo.steps(ledger.undoing_from(oldest)));
    if (Problems missing = missing_permissions(changes, survey); !missing.empty()) {
        return refused(std::move(report), std::move(missing));
    }
    if (auto rows = missing_consent(changes, request.consent, {}); !rows.empty()) {
        report.rows = std::move(rows);
        report.exit = worse(report.exit, Exit::consent_missing);
        return report;
    }
    say_lost(ledger, request.all ? 0 : oldest, report);
    if (forgets) {
        report.notes.emplace_back("what is lost is taken as it is now, and no longer remembered");
    }
    Undone undone = roll_back(parts_, journal, survey, oldest, request, report);
    report.exit = undone.is_complete ? report.exit : worse(report.exit, Exit::not_restored);
    std::ranges::move(undone.rows, std::back_inserter(report.rows));
    report.state = state_of(ledger, parts_.now());
    return report;
}

Report Engine::rollback_plan(const RollbackRequest& request) {
    Report report = report_for("rollback");
    auto view = parts_.state.view();
    report.state = state_of(view, parts_.now());
    if (!view) {
        return refused(std::move(report), {std::move(view).error()});
    }
    report.notes = view->notes;
    const Ledger& ledger = view->ledger;
    std::uint64_t oldest = ledger.last(request.force);
    if (request.all) {
        oldest = 0;
    } else if (ledger.open() != nullptr) {
        oldest = ledger.open_kind() == "apply" ? ledger.open()->id : ledger.open_undoes();
        report.notes.push_back(interruption_of(ledger));
    } else if (report.state == HostState::overdue) {
        report.notes.push_back(missed_confirmation_of(*ledger.active()));
    }
    Survey survey(calls_);
    Hung hung;
    Undo undo(parts_.catalog, survey, hung, request.force, {});
    const std::vector<UndoStep> steps = undo.steps(ledger.undoing_from(oldest));
    const std::vector<Change> changes = undo.changes(steps);
    for (const UndoStep& step : steps) {
        if (comes_back(step, changes)) {
            continue;
        }
        report.rows.push_back(row_of(step));
        if (step.outcome == Outcome::not_done) {
            report.exit = worse(report.exit, Exit::differs);
        }
    }
    for (const Change& change : changes) {
        const auto row = std::ranges::find_if(report.rows, [&change](const Row& one) {
            return one.setting == change.desired.setting.full_name() &&
                   one.target == change.desired.candidate.target;
        });
        if (row != report.rows.end()) {
            row->message = why_management(change);
        }
    }
    return report;
}

}  // namespace nanotune
