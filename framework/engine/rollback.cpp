#include "engine/rollback.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/carried.hpp"
#include "engine/consent.hpp"
#include "engine/host_status.hpp"
#include "engine/refusal.hpp"

namespace nanotune {
namespace {

/// Whether the apply of this number is cut off, half rolled back or not confirmed.
bool awaits(const Ledger& ledger, std::uint64_t id) {
    if (ledger.open() != nullptr && ledger.open_kind() != "repair") {
        return ledger.open_kind() == "apply" ? ledger.open()->id == id : ledger.open_undoes() <= id;
    }
    const Applied* active = ledger.active();
    return active != nullptr && active->id == id && active->is_awaiting;
}

/// What is open, and with a repair also the apply that it repaired, where nobody confirmed that.
std::uint64_t oldest_due(const Ledger& ledger, const RollbackRequest& request, const Moment& now) {
    const Applied* active = ledger.active();
    const bool goes_along = ledger.open_kind() == "repair" && active != nullptr &&
                            active->is_awaiting &&
                            (is_overdue(*active, now) || request.only == active->id);
    return goes_along ? active->id : ledger.open_undoes();
}

Killed killed_in(const Ledger& ledger) {
    return ledger.open() == nullptr           ? Killed::nothing
           : ledger.open_kind() == "rollback" ? Killed::rollback
                                              : Killed::apply;
}

/// Steps, kept while threads that work on them come and go.
struct Attempt {
    Undo undo;
    std::vector<Touched> touched;
    Undone undone = {};
};

}  // namespace

std::uint64_t oldest_to_undo(const Ledger& ledger, const RollbackRequest& request) {
    if (request.all && !ledger.applied().empty()) {
        return ledger.applied().front()->id;
    }
    return request.all && ledger.open() != nullptr ? ledger.open_undoes()
                                                   : ledger.last(request.force);
}

Restores restores_for(const Ledger& ledger, std::uint64_t oldest, const RollbackRequest& request) {
    if (request.force) {
        return request.all ? Restores::everything_for_good : Restores::everything;
    }
    const bool is_begun = std::ranges::any_of(ledger.applied(), [oldest](const Applied& applied) {
        return applied.id >= oldest && applied.is_half_undone;
    });
    return is_begun || ledger.open() != nullptr ? Restores::ours_and_reset : Restores::ours;
}

bool Rollback::recover(const RollbackRequest& request) {
    const HostState state = state_of(ledger(), parts_.now());
    if (state != HostState::interrupted && state != HostState::overdue) {
        return true;
    }
    const bool is_apply = state == HostState::overdue || ledger().open_kind() != "rollback";
    const Applied due = state == HostState::overdue ? *ledger().active() : *ledger().open();
    const std::string what = state == HostState::overdue ? missed_confirmation_of(due, parts_.now())
                                                         : interruption_of(ledger());
    const std::uint64_t oldest =
        state == HostState::overdue ? due.id : oldest_due(ledger(), request, parts_.now());
    const bool has_lost = ledger().has_lost_since(oldest);
    report_.profile = report_.profile.empty() ? due.profile : report_.profile;
    if (!may_undo(oldest, request, Asks::consent)) {
        report_.notes.push_back(what + "; it is to be taken back first");
        return false;
    }
    Undone undone = undo_from(oldest, {.force = request.force,
                                       .consent = request.consent,
                                       .timeout = request.timeout,
                                       .progress = request.progress});
    session_->survey.forget();  // a worker that goes on now has its program on the device
    report_.notes.push_back(fmt::format("{}; {}", what,
                                        !undone.is_complete ? "not everything could be restored"
                                        : !undone.left.empty()
                                            ? "what nobody else has changed since is restored"
                                        : has_lost ? "every old value that is known is restored"
                                        : is_apply ? "every old value is restored"
                                                   : "it is finished now"));
    std::ranges::move(undone.rows, std::back_inserter(report_.rows));
    if (!undone.is_complete) {
        report_.exit = worse(report_.exit, Exit::not_restored);
    }
    return undone.is_complete;
}

void Rollback::run(const RollbackRequest& request) {
    take_back(request);
    if (has_away_) {
        report_.exit = worse(report_.exit, Exit::differs);
    }
}

void Rollback::take_back(const RollbackRequest& request) {
    report_.state = state_of(ledger(), parts_.now());
    if (request.only != 0 && !awaits(ledger(), request.only)) {
        report_.notes.emplace_back("nothing awaits confirmation any more; nothing is rolled back");
        return;
    }
    const bool was_open =
        report_.state == HostState::interrupted || report_.state == HostState::overdue;
    if (was_open && !request.all) {
        const std::uint64_t oldest_open =
            ledger().open() == nullptr ? ledger().last(false) : ledger().open_undoes();
        recover(request);
        if (report_.exit != Exit::consent_missing && report_.exit != Exit::refused) {
            say_lost(oldest_open);
        }
        report_.state = state_of(ledger(), parts_.now());
        return;
    }
    // Straight to the baseline: what is left open is undone along with the rest, not before it.
    if (was_open) {
        report_.notes.push_back(report_.state == HostState::overdue
                                    ? missed_confirmation_of(*ledger().active(), parts_.now())
                                    : interruption_of(ledger()));
    }
    const std::uint64_t oldest = oldest_to_undo(ledger(), request);
    const bool forgets = request.all && request.force && !ledger().lost().empty();
    if (oldest == 0 && !forgets) {
        say_lost(0);
        report_.notes.emplace_back("nothing is applied; nothing to roll back");
    } else if (may_undo(oldest, request, was_open ? Asks::consent : Asks::consent_and_permission)) {
        say_lost(request.all ? 0 : oldest);
        if (oldest != 0) {
            report_.profile = ledger().open() != nullptr ? ledger().open()->profile
                                                         : ledger().applied().back()->profile;
        }
        if (forgets) {
            report_.notes.emplace_back(
                "what is lost is taken as it is now, and no longer remembered");
        }
        Undone undone = undo_from(oldest, request);
        if (!undone.is_complete) {
            report_.exit = worse(report_.exit, Exit::not_restored);
        }
        std::ranges::move(undone.rows, std::back_inserter(report_.rows));
    }
    report_.state = state_of(ledger(), parts_.now());
    if (report_.exit == Exit::as_wanted) {  // complete, but not back to where nanotune began
        for (const record::Lost& lost : ledger().lost()) {
            std::erase(report_.notes, loss_of(lost));
            report_.notes.push_back(loss_of(lost));
        }
    }
}

bool Rollback::may_undo(std::uint64_t oldest, const RollbackRequest& request, Asks asks) {
    struct Review {
        Attempt attempt;
        Plan plan;
        std::vector<Change> unread;
        Problems missing;
    };
    const auto review = std::make_shared<Review>(
        Review{.attempt = {.undo = Undo(parts_.catalog, session_->survey,
                                        restores_for(ledger(), oldest, request), {},
                                        Carriers(session_->survey, {})),
                           .touched = undoing_from(ledger(), oldest, parts_.catalog)},
               .plan = {},
               .unread = {},
               .missing = {}});
    Problems hanging =
        calls_.persevered(parts_.undo_time(request.timeout), [review, asks, session = session_] {
            session->survey.forget();
            Undo& undo = review->attempt.undo;
            const std::vector<UndoStep> steps = undo.steps(review->attempt.touched);
            review->plan.changes = undo.changes(steps);
            review->unread = undo.unread(steps);
            review->missing = asks == Asks::consent
                                  ? Problems()
                                  : missing_permissions({&review->plan, 1}, session->survey);
        });
    std::ranges::move(hanging, std::back_inserter(report_.problems));
    if (!review->missing.empty()) {
        const Exit why = exit_of(review->missing);
        std::ranges::move(review->missing, std::back_inserter(report_.problems));
        report_.exit = worse(report_.exit, why);
        return false;
    }
    auto rows = missing_consent(review->plan.changes, request.consent, {});
    for (Row& row : missing_consent(review->unread, request.consent, {})) {
        row.message = "could not be read; " + row.message;
        rows.push_back(std::move(row));
    }
    if (!rows.empty()) {
        std::ranges::move(rows, std::back_inserter(report_.rows));
        report_.exit = worse(report_.exit, Exit::consent_missing);
        return false;
    }
    return true;
}

/// Says what is not known, and that nobody can call it restored.
void Rollback::say_lost(std::uint64_t oldest) {
    for (const record::Lost& lost : ledger().lost()) {
        if (lost.after >= oldest) {
            std::erase(report_.notes, loss_of(lost));  // said once
            report_.problems.push_back({.code = ErrorCode::damaged, .message = loss_of(lost)});
            report_.exit = worse(report_.exit, Exit::not_restored);
        }
    }
}

/// What is not as it was before nanotune, and may have to be.
void Rollback::say_left(const Undone& undone) {
    has_away_ = has_away_ || undone.has_away;
    const auto away =
        static_cast<std::size_t>(std::ranges::count(undone.left, true, &Touched::is_away));
    for (std::string& note : left_behind(undone.left.size() - away, away)) {
        report_.notes.push_back(std::move(note));
    }
}

/// Undoes applies from `oldest` on (an open one included), as one journalled rollback.
Undone Rollback::undo_from(std::uint64_t oldest, const RollbackRequest& request) {
    Journal& journal = session_->journal;
    const Applied* active = ledger().open() != nullptr ? ledger().open() : ledger().active();
    const std::vector<Touched> touched = undoing_from(ledger(), oldest, parts_.catalog);
    const auto doing = [progress = request.progress, done = std::make_shared<std::size_t>(0),
                        total = touched.size()](const std::string& what) {
        if (progress) {
            progress({what, std::min((*done)++, total), total});
        }
    };
    const auto attempt = std::make_shared<Attempt>(Attempt{
        .undo =
            Undo(parts_.catalog, session_->survey, restores_for(ledger(), oldest, request), doing,
                 Carriers(session_->survey, {.patience = parts_.carrier_patience,
                                             .doing = doing,
                                             .killed = killed_in(ledger())})),
        .touched = touched});
    const Moment now = parts_.now();
    // Where it cannot be recorded the host comes first: `record` tries again, and says so.
    static_cast<void>(
        journal.append(record::Begin{.id = ledger().next_id(now.wall),
                                     .kind = "rollback",
                                     .undoes = request.all && request.force ? 0 : oldest,
                                     .profile = active == nullptr ? std::string() : active->profile,
                                     .profile_hash = {},
                                     .started = timestamp(now.wall)}));
    static_cast<void>(journal.sync());
    Problems hanging =
        calls_.persevered(parts_.undo_time(request.timeout), [attempt, session = session_] {
            session->survey.forget();
            attempt->undone = attempt->undo.run(attempt->touched);
        });
    std::ranges::move(hanging, std::back_inserter(report_.problems));
    Undone undone = std::move(attempt->undone);
    std::ranges::move(undone.notes, std::back_inserter(report_.notes));
    if (const Status recorded = record(undone); !recorded) {
        report_.problems.push_back(
            {.code = ErrorCode::io,
             .message = fmt::format("the host is rolled back, but the journal still shows it as it "
                                    "was: {}",
                                    recorded.error().message)});
        report_.exit = worse(report_.exit, Exit::rolled_back);
    }
    session_->follow_again(parts_.catalog);
    report_.changed = report_.changed || undone.has_changed;
    say_left(undone);
    return undone;
}

Status Rollback::record(const Undone& undone) {
    Journal& journal = session_->journal;
    for (const Touched& left : undone.left) {
        NT_CHECK(journal.append(left_record_of(left)));
        for (const PutBack& one : left.put_back) {
            NT_CHECK(journal.append(put_back_record_of(left, one.value)));
        }
    }
    NT_CHECK(journal.append(record::End{undone.is_complete ? "finished" : "partial"}));
    return journal.sync();
}

}  // namespace nanotune
