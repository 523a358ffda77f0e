// One stage of an apply: what its changes reset is read and kept, intents are on the disk before
// the first write, and what was reset or is there again comes back after them.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/check.hpp"
#include "engine/own_name.hpp"
#include "engine/plan_report.hpp"
#include "engine/resets.hpp"

namespace nanotune {
namespace {

bool makes_queues_anew(const Change& change) {
    return resets_anything(*change.desired.setting.tunable, change.desired.candidate);
}

bool makes_cpus_anew(const Change& change) {
    const TopologyEffect effect = change.desired.setting.tunable->topology;
    return effect == TopologyEffect::smt || effect == TopologyEffect::online;
}

}  // namespace

/// Of the same profile once more: what somebody else has changed stays so, and is held as before.
void Apply::leave(const std::vector<Change>& overridden) {
    const Applied* const active = journal_.ledger().active();
    if (!request_.is_again || active == nullptr) {
        return;
    }
    for (const Change& change : overridden) {
        const auto held = active->held.find(key_in(change.desired));
        if (held != active->held.end()) {
            left_.emplace_back(*held);
        }
    }
}

Status Apply::stage(Plan plan) {
    leave(plan.overridden);
    for (const Change& change : plan.changes) {
        if (!is_written(change)) {
            checks_.push_back(change);
        }
    }
    std::erase_if(plan.changes, [](const Change& change) { return !is_written(change); });
    const Report rest = report_of({.profile = {},
                                   .profile_hash = {},
                                   .changes = {},
                                   .unchanged = {},
                                   .unsupported = std::move(plan.unsupported),
                                   .overridden = std::move(plan.overridden),
                                   .waiting = std::move(plan.waiting),
                                   .warnings = {}},
                                  "apply");
    std::ranges::copy(rest.rows, std::back_inserter(others_));
    if (plan.changes.empty()) {
        return {};
    }
    NT_CHECK(goes_on());
    NT_TRY(Status named, leave_renamed(plan));
    if (plan.changes.empty()) {
        return named;
    }
    NT_TRY(std::vector<Change> kept, side_effects_.of(plan, journal_.ledger()));
    NT_TRY(std::vector<Change> absent, side_effects_.absent(plan, journal_.ledger(), wanted_));
    const bool are_cpus_new = std::ranges::any_of(plan.changes, makes_cpus_anew);
    const bool are_queues_new = std::ranges::any_of(plan.changes, makes_queues_anew);
    Status wrote = write(std::move(plan.changes), kept);
    if (!wrote && !profile_.keep_on_failure) {
        return wrote;
    }
    if (are_cpus_new) {
        survey_.forget();
        cpus_are_new_ = true;
    }
    if (are_queues_new) {
        survey_.forget_queues();
        queues_are_new_ = true;
    }
    Status gave = give_back(std::move(absent));
    if (!gave && !profile_.keep_on_failure) {
        return gave;
    }
    NT_CHECK(put_back(std::move(kept)));
    if (!named) {
        return named;
    }
    return wrote ? std::move(gave) : std::move(wrote);
}

/// Where what is reached is kept, a device that has lost its name keeps no other from its settings.
/// Gives back why something is left out. Errors: those of looking.
Result<Status> Apply::leave_renamed(Plan& plan) {
    if (!profile_.keep_on_failure) {
        return Status();
    }
    NT_TRY(const std::vector<Status> borne, names_borne(plan.changes, survey_.calls()));
    Status first;
    std::vector<Change> rest;
    for (std::size_t i = 0; i < borne.size(); ++i) {
        Change& change = plan.changes[i];
        if (borne[i]) {
            rest.push_back(std::move(change));
            continue;
        }
        failures_.push_back(row_of(change, Outcome::refused));
        failures_.back().message = borne[i].error().message;
        first = first ? borne[i] : std::move(first);
    }
    plan.changes = std::move(rest);
    return first;
}

/// What came anew with the queues of this stage gets back what it had before nanotune took it away.
Status Apply::give_back(std::vector<Change> absent) {
    NT_TRY(std::vector<Change> anew, side_effects_.come_anew(std::move(absent)));
    if (anew.empty()) {
        return {};
    }
    NT_CHECK(intend(anew));
    Writer writer(survey_, {.on_failure = OnFailure::stop, .doing = {}});
    for (const Written& written : writer.write(std::move(anew))) {
        if (is_fatal(written)) {
            return std::unexpected(reason_of(written));
        }
        report_.changed = true;
        others_.push_back(row_of(written));
    }
    held_.saw_write();
    return {};
}

Status Apply::intend(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        NT_CHECK(intend(change));
    }
    return journal_.sync();
}

Status Apply::intend(const Change& change) {
    record::Intent intent = intent_of(change, before(change));
    intent.takes_carrier = carriers_.may_take(change);
    return journal_.append(std::move(intent));
}

Status Apply::write(std::vector<Change> changes, const std::vector<Change>& kept) {
    // What goes on record was read by its name, also what is not in the plan.
    NT_CHECK(bear_their_names({&changes, &kept}, survey_.calls()));
    for (const Change& change : kept) {
        NT_CHECK(intend(change));
    }
    NT_CHECK(intend(changes));
    NT_CHECK(side_effects_.pause(kept));
    Writer writer(survey_,
                  {.on_failure = profile_.keep_on_failure ? OnFailure::go_on : OnFailure::stop,
                   .strict = request_.strict,
                   .doing = [this](const std::string& what) { doing(what); },
                   .carriers = &carriers_});
    std::vector<Written> written = writer.write(std::move(changes));
    const auto failed = std::ranges::find_if(written, is_fatal);
    const Status status =
        failed == written.end() ? Status{} : Status(std::unexpected(reason_of(*failed)));
    done_ += written.size();
    note(std::move(written));
    if (carriers_.was_away()) {
        held_.saw_write();  // by the driver, when its link came back
    }
    return status;
}

void Apply::note(std::vector<Written> written) {
    held_.saw_write();
    for (Written& one : written) {
        const bool is_held = wanted_.contains(one.change.desired);
        if (is_fatal(one) && one.outcome != Outcome::not_done) {
            see_since_first(one);
            failures_.push_back(row_of(one));
        } else if (is_held && one.outcome != Outcome::unsupported && !has_ended(one)) {
            held_.add(std::move(one), Read::now);
        } else {
            see_since_first(one);
            report_.changed = report_.changed || has_moved(one);
            others_.push_back(row_of(one));
        }
    }
}

/// What a change of this stage reset comes back. Datapaths of the profile start with the last
/// stage, as it says.
Status Apply::put_back(std::vector<Change> kept) {
    const auto starting = std::erase_if(kept, [this](const Change& change) {
        return is_of_worker(change) && wanted_.contains(change.desired);
    });
    datapaths_pause_ = datapaths_pause_ || starting != 0;
    NT_TRY(SideEffects::PutBack back, side_effects_.put_back(std::move(kept)));
    if (back.has_written) {
        held_.saw_write();
    }
    for (SideEffects::Followed& followed : back.followed) {
        if (!wanted_.contains(followed.key)) {
            others_.push_back(std::move(followed.row));
        }
    }
    return {};
}

}  // namespace nanotune
