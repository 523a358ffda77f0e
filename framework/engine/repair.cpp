// Writing again what an apply left, where others changed it since. Of that the journal needs no
// word: what it says is held is what is there again, and what was there before that is recorded.
// What such a write resets beyond itself is recorded before it, as a repair: nobody may hold it.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/carriers.hpp"
#include "engine/compare.hpp"
#include "engine/devices.hpp"
#include "engine/engine.hpp"
#include "engine/host_status.hpp"
#include "engine/refusal.hpp"
#include "engine/repairable.hpp"
#include "engine/session.hpp"
#include "engine/side_effects.hpp"
#include "engine/writer.hpp"
#include "model/observation.hpp"

namespace nanotune {

namespace {

/// Everything that a repair uses, alive as long as the thread that works on it.
struct Repair {
    std::shared_ptr<Session> session;
    RepairRequest request;
    std::chrono::milliseconds carrier_patience;
    std::chrono::system_clock::time_point began;
    Report report;

    [[nodiscard]] bool is_about(const Key& key, const HeldValue& held) const {
        const HeldPlace place{key.setting, key.target};
        return !request.left.contains(place) &&
               (request.devices.contains(device_of(key, held)) ||
                std::ranges::find(request.places, place) != request.places.end());
    }
};

/// Makes what the next writes reset survive this process.
Status intend(Repair& repair, const std::vector<Change>& kept) {
    Journal& journal = repair.session->journal;
    if (kept.empty()) {
        return {};
    }
    if (journal.ledger().open() == nullptr) {
        const Applied& active = *journal.ledger().active();
        const std::uint64_t id = journal.ledger().next_id(repair.began);
        NT_CHECK(journal.append(record::Begin{.id = id,
                                              .kind = "repair",
                                              .undoes = id,
                                              .profile = active.profile,
                                              .profile_hash = active.profile_hash,
                                              .started = timestamp(repair.began)}));
    }
    for (const Change& change : kept) {
        NT_CHECK(journal.append(intent_of(change, change.desired.value)));
    }
    return journal.sync();
}

/// Everything that was reset is back, or known for what it came to.
Status end(Journal& journal) {
    if (journal.ledger().open() == nullptr) {
        return {};
    }
    NT_CHECK(journal.append(record::End{.how = "committed"}));
    return journal.sync();
}

/// What differs of a stage, and may be put back.
std::vector<Change> changes_of(const Repair& repair, const Catalog& catalog, const Report& now) {
    std::vector<Change> changes;
    const Applied& active = *repair.session->journal.ledger().active();
    for (const auto& [key, held] : active.held) {
        const auto row = std::ranges::find_if(now.rows, [&key](const Row& each) {
            return each.setting == key.setting && each.target == key.target;
        });
        const auto setting = catalog.setting(key.setting);
        if (row == now.rows.end() || row->outcome != Outcome::differs || !setting ||
            (setting->tunable->impact != Impact::none && !repair.request.may_disturb) ||
            setting->tunable->check_only || setting->bank->stage() == Stage::datapath ||
            !is_held_in_range(*setting, held.got)) {
            continue;
        }
        changes.push_back(
            {.desired = {.setting = *setting,
                         .candidate = repair.session->survey.candidate_of(*setting, key.target),
                         .value = held.got,
                         .origin = Origin::from(held.origin),
                         .group = {},
                         .missing = {}},
             .before = {},
             .known_after = {},
             .note = {}});
    }
    return changes;
}

void read_before(std::vector<Change>& changes, Survey& survey) {
    const auto readings = survey.read(places_of(changes));
    for (std::size_t i = 0; readings && i < changes.size(); ++i) {
        if ((*readings)[i]) {
            changes[i].before = (*readings)[i]->value;
        }
    }
}

void fail(Report& report, const Error& error) {
    report.problems.push_back(error);
    report.exit = worse(report.exit, Exit::differs);
}

/// What could not be put back is known for what it is: a rollback restores that, too.
Status tell_what_came(SideEffects& side_effects, Journal& journal) {
    NT_TRY(const auto came_to, side_effects.came_to({}));
    for (const record::Intent& one : came_to) {
        NT_CHECK(journal.append(one));
    }
    return {};
}

/// Stages make each other's targets: each is looked at once those before it are right.
void put_back(Repair& repair, const Catalog& catalog, Stage stage) {
    Survey& survey = repair.session->survey;
    Report now;
    compare_held(
        *repair.session->journal.ledger().active(), catalog, survey,
        [&](const Key& key, const HeldValue& held) {
            const auto setting = catalog.setting(key.setting);
            return setting && setting->bank->stage() == stage && repair.is_about(key, held);
        },
        now);
    std::vector<Change> changes = changes_of(repair, catalog, now);
    if (changes.empty()) {
        return;
    }
    read_before(changes, survey);
    Carriers carriers(survey, {.patience = repair.carrier_patience});
    SideEffects side_effects(catalog, survey, carriers);
    Plan plan;
    plan.changes = changes;
    const auto kept = side_effects.of(plan, repair.session->journal.ledger());
    if (!kept) {
        fail(repair.report, kept.error());
        return;
    }
    if (const Status intended = intend(repair, *kept); !intended) {
        repair.session->journal.discard();
        fail(repair.report, intended.error());
        return;
    }
    Writer writer(survey, {.on_failure = OnFailure::go_on, .carriers = &carriers});
    for (const Written& written : writer.write(std::move(changes))) {
        repair.report.rows.push_back(row_of(written));
        repair.report.changed = repair.report.changed || has_moved(written);
        repair.report.exit = worse(repair.report.exit,
                                   is_success(written.outcome) ? Exit::as_wanted : Exit::differs);
    }
    if (const auto back = side_effects.put_back(*kept); !back) {
        fail(repair.report, back.error());
    }
    if (const Status told = tell_what_came(side_effects, repair.session->journal); !told) {
        fail(repair.report, told.error());
    }
    survey.forget();
}

}  // namespace

/// Errors: frozen; conflict, where nothing is held.
Status Engine::may_repair(const Ledger& ledger, Report& report) const {
    NT_CHECK(parts_.may_write());
    const Applied* active = ledger.active();
    const HostState state = state_of(ledger, parts_.now());
    if (active == nullptr || state == HostState::interrupted || state == HostState::overdue) {
        return failure(ErrorCode::conflict,
                       "nothing is held that could be put back; nothing was touched");
    }
    report.profile = active->profile;
    report.profile_hash = active->profile_hash;
    return {};
}

Report Engine::repair(const RepairRequest& request) {
    const auto repair = std::make_shared<Repair>(Repair{.session = {},
                                                        .request = request,
                                                        .carrier_patience = parts_.carrier_patience,
                                                        .began = parts_.now().wall,
                                                        .report = report_for("repair")});
    auto session = Session::open(parts_, calls_, Opening::undo, repair->report.notes);
    if (!session) {
        repair->report.state = state_of(parts_.state.view(), parts_.now());
        return refused(std::move(repair->report), {std::move(session).error()});
    }
    repair->session = std::make_shared<Session>(*std::move(session));
    const SessionUse use(repair->session);
    const Ledger& ledger = repair->session->journal.ledger();
    Status done = may_repair(ledger, repair->report);
    if (done) {
        Session::follow(repair->session, parts_, calls_, repair->report.notes);
        done = calls_.supervised(
            parts_.undo_time(time_to_look(parts_, ledger)), [repair, &catalog = parts_.catalog] {
                for (const Stage stage : all_stages) {
                    put_back(*repair, catalog, stage);
                }
                if (const Status ended = end(repair->session->journal); !ended) {
                    fail(repair->report, ended.error());
                }
            });
    }
    // A thread that hangs has the other one for good.
    Report report =
        done ? std::move(repair->report) : refused(report_for("repair"), {std::move(done).error()});
    report.state = state_of(ledger, parts_.now());
    parts_.ends(report, ledger, nullptr);
    return report;
}

}  // namespace nanotune
