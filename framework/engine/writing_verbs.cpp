// The verbs that change the host, or what is recorded of it: apply, confirm and rollback.
#include <algorithm>
#include <cerrno>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/consent.hpp"
#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/proposal.hpp"
#include "engine/refusal.hpp"
#include "engine/rollback.hpp"
#include "engine/session.hpp"
#include "engine/whole_plan.hpp"

namespace nanotune {
namespace {

constexpr std::size_t names_shown = 8;

/// "nic.mtu on eth0, memory.swappiness on host and 3 more"
std::string named(const std::vector<Row>& rows) {
    std::string names;
    std::size_t count = 0;
    for (const Row& row : rows) {
        if (row.outcome == Outcome::changed && ++count <= names_shown) {
            names += fmt::format("{}{} on {}", names.empty() ? "" : ", ", row.setting,
                                 row.target.text());
        }
    }
    return count > names_shown ? fmt::format("{} and {} more", names, count - names_shown) : names;
}

/// Whether a rollback takes back no more than what nobody has confirmed, or was cut off.
bool only_ends(HostState state, const RollbackRequest& request) {
    const bool is_unsettled = state == HostState::awaiting_confirmation ||
                              state == HostState::overdue || state == HostState::interrupted;
    return is_unsettled && !request.all && !request.force;
}

}  // namespace

/// Everything that an apply uses, alive as long as the thread that works on it, given up or not.
struct Engine::ApplyRun {
    ResolvedProfile profile;
    ApplyRequest request;
    std::shared_ptr<Session> session = {};
    Report report = {};
    std::optional<Apply> apply = {};  ///< once it writes
};

Report Engine::apply(ResolvedProfile wanted, const ApplyRequest& request) {
    const auto run =
        std::make_shared<ApplyRun>(ApplyRun{.profile = std::move(wanted), .request = request});
    const ResolvedProfile& profile = run->profile;
    run->report = report_for("apply");
    Report& report = run->report;
    report.profile = profile.name;
    report.profile_hash = profile.hash;
    auto session = Session::open(parts_, calls_, Opening::apply, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), not_permitted(profile, std::move(session).error()));
    }
    run->session = std::make_shared<Session>(*std::move(session));
    const SessionUse use(run->session);
    apply_in_session(run);
    auto& begun = run->apply;
    Report& done = begun ? begun->report() : report;
    parts_.ends(done, run->session->journal.ledger(), &profile);
    last_apply_ = run;
    return std::move(done);
}

/// Under the lock.
void Engine::apply_in_session(const std::shared_ptr<ApplyRun>& run) {
    const ApplyRequest& request = run->request;
    Report& report = run->report;
    const Ledger& ledger = run->session->journal.ledger();
    if (Status may = parts_.may_write(); !may) {
        report.state = state_of(ledger, parts_.now());
        report = refused(std::move(report), {std::move(may).error()});
        return;
    }
    Session::follow(run->session, parts_, calls_, report.notes);
    const RollbackRequest before{
        .consent = request.consent, .timeout = request.timeout, .progress = request.progress};
    if (!Rollback(parts_, calls_, run->session, report).recover(before)) {
        report.state = state_of(ledger, parts_.now());
        return;
    }
    if (const std::string restored = named(report.rows); !restored.empty()) {
        report.notes.back() += ": " + restored;
    }
    report.rows.clear();  // the rows of this apply are to come
    report.has_recovered = report.changed;
    const Status done =
        calls_.supervised(request.timeout, [this, run] { run->report = applied(*run); });
    std::optional<Apply>& begun = run->apply;
    Apply* const apply = begun ? &*begun : nullptr;
    if (!done && apply == nullptr) {
        report.state = state_of(ledger, parts_.now());
        report = refused(std::move(report), {done.error()});
    }
    if (apply == nullptr) {
        return;
    }
    if (!done) {
        apply->hangs(done.error());
    }
    if (apply->has_failed()) {
        Problems hanging = calls_.persevered(parts_.undo_time(request.timeout),
                                             [run, apply] { apply->take_back(); });
        std::ranges::move(hanging, std::back_inserter(apply->report().problems));
    }
    apply->report().state = state_of(ledger, parts_.now());
}

/// Whoever may not keep a journal may not write most settings either: both are told.
Problems Engine::not_permitted(const ResolvedProfile& profile, Error error) {
    const auto problems = std::make_shared<Problems>();
    if (error.kernel_errno == EACCES || error.kernel_errno == EPERM) {
        const Status done = looked([this, problems, &profile] {
            Survey survey(calls_);
            const auto view = this->view();
            Ledger ledger = view ? view->ledger : Ledger{};
            static_cast<void>(follow_devices(ledger, parts_.catalog, survey));
            auto whole = whole_plan(profile, parts_.catalog, ledger, survey);
            *problems =
                whole ? missing_permissions(whole->stages, survey) : std::move(whole).error();
        });
        if (!done) {
            problems->push_back(done.error());
        }
    }
    problems->push_back(std::move(error));
    return std::move(*problems);
}

/// Plans, and writes what the plan says where nothing stands against it.
Report Engine::applied(ApplyRun& run) {
    const ResolvedProfile& profile = run.profile;
    const ApplyRequest& request = run.request;
    Report report = run.report;
    Journal& journal = run.session->journal;
    Survey& survey = run.session->survey;
    report.state = state_of(journal.ledger(), parts_.now());
    if (report.state == HostState::awaiting_confirmation) {
        return refused(std::move(report),
                       {{.code = ErrorCode::conflict,
                         .message = fmt::format("{} awaits confirmation: confirm it or roll it "
                                                "back first",
                                                journal.ledger().active()->profile)}});
    }
    auto proposal = Proposal::of(profile, request, parts_.catalog, journal.ledger(), survey);
    if (!proposal) {
        return refused(std::move(report), std::move(proposal).error());
    }
    if (proposal->is_refused(report)) {
        return report;
    }
    if (proposal->is_in_force(report.state)) {
        return (*std::move(proposal)).as_found(std::move(report));
    }
    run.apply.emplace(profile, request, parts_, journal, survey, std::move(report));
    run.apply->run((*std::move(proposal)).take());
    return {};  // the apply has its own
}

namespace {

/// Under the lock.
void confirm_in_session(Journal& journal, const Moment& now, Report& report) {
    const Applied* active = journal.ledger().active();
    report.state = state_of(journal.ledger(), now);
    if (active == nullptr || !active->is_awaiting || journal.ledger().open() != nullptr) {
        report = refused(std::move(report),
                         {{.code = ErrorCode::invalid, .message = "nothing awaits confirmation"}});
        return;
    }
    if (report.state == HostState::overdue) {
        report = refused(
            std::move(report),
            {{.code = ErrorCode::conflict,
              .message = missed_confirmation_of(*active, now) +
                         ": it is not kept; its guard takes it back, or, where that has gone, "
                         "a rollback does"}});
        return;
    }
    report.profile = active->profile;
    report.profile_hash = active->profile_hash;
    Status status = journal.append(record::Confirmed{active->id});
    if (status) {
        status = journal.sync();
    }
    if (!status) {
        report = refused(std::move(report), {std::move(status).error()});
        return;
    }
    report.state = state_of(journal.ledger(), now);
}

}  // namespace

Report Engine::confirm() {
    Report report = report_for("confirm");
    auto session = Session::open(parts_, calls_, Opening::undo, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), {std::move(session).error()});
    }
    confirm_in_session(session->journal, parts_.now(), report);
    parts_.ends(report, session->journal.ledger(), nullptr);
    return report;
}

Report Engine::rollback(const RollbackRequest& request) {
    Report report = report_for("rollback");
    auto session = Session::open(parts_, calls_, Opening::undo, report.notes);
    if (!session) {
        report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(report), {std::move(session).error()});
    }
    const auto shared = std::make_shared<Session>(*std::move(session));
    const SessionUse use(shared);
    report.state = state_of(shared->journal.ledger(), parts_.now());
    if (Status may = parts_.may_write(); !may && !only_ends(report.state, request)) {
        report = refused(std::move(report), {std::move(may).error()});
    } else {
        if (const Applied* active = shared->journal.ledger().active(); active != nullptr) {
            report.profile_hash = active->profile_hash;
        }
        Session::follow(shared, parts_, calls_, report.notes);
        Rollback(parts_, calls_, shared, report).run(request);
    }
    parts_.ends(report, shared->journal.ledger(), nullptr);
    return report;
}

}  // namespace nanotune
