// How an apply ends: with checks and what it holds on record, or taken back.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/check.hpp"
#include "engine/drift_notes.hpp"
#include "engine/following.hpp"

namespace nanotune {

/// What the apply itself moved is checked where it is now. A check that fails is reported, never
/// undone.
void Apply::review_checks() {
    const auto readings = survey_.read(places_of(checks_));
    for (std::size_t i = 0; i < checks_.size(); ++i) {
        Change& check = checks_[i];
        const Error* const unread = !readings         ? &readings.error()
                                    : !(*readings)[i] ? &(*readings)[i].error()
                                                      : nullptr;
        if (unread != nullptr) {
            check.before.reset();
            reviewed_.push_back(row_of(check, Outcome::refused));
            reviewed_.back().message =
                fmt::format("could not be read after the changes: {}", unread->message);
            continue;
        }
        check.before = (*readings)[i]->value;
        check.note = (*readings)[i]->note;
        const bool holds = check.before == check.desired.value;
        reviewed_.push_back(row_of(
            check, holds ? Outcome::unchanged : failed_check(*check.desired.setting.tunable)));
    }
}

/// Checks that do not hold are on record too, as what they are: a reboot stays due until it comes.
Status Apply::record_held() {
    NT_TRY(const auto came_to, side_effects_.came_to(wanted_));
    for (const record::Intent& side : came_to) {
        NT_CHECK(journal_.append(side));
    }
    const DriftWords words(profile_);
    const auto record = [this, &words](const Desired& desired, const std::optional<Value>& got) {
        return got ? journal_.append(record::Held{.setting = desired.setting.full_name(),
                                                  .target = desired.candidate->target,
                                                  .wanted = desired.value,
                                                  .got = *got,
                                                  .origin = desired.origin.text(),
                                                  .also = desired.setting.name_elsewhere(),
                                                  .device = SharedDevice::of(desired.candidate),
                                                  .drift = words.at(desired.origin)})
                   : Status();
    };
    for (const Written& written : held_.all()) {
        NT_CHECK(record(written.change.desired, written.got));
    }
    for (const Change& check : checks_) {
        NT_CHECK(record(check.desired, check.before));
    }
    for (const auto& [key, held] : left_) {
        NT_CHECK(
            journal_.append(record::Held{key.setting, key.target, held.wanted, held.got,
                                         held.origin, held.also, held.bearer.device, held.drift}));
    }
    return {};
}

Status Apply::finish(std::string how) {
    const bool is_kept = how == "committed" || how == "degraded";
    const Deadline deadline = is_kept ? confirmation_deadline() : Deadline{};
    NT_CHECK(journal_.append(
        record::End{.how = std::move(how),
                    .confirm_by = deadline.wall,
                    .confirm_by_boot = deadline.boot,
                    .guard = deadline.wall == 0 ? std::string() : process_mark(request_.guard)}));
    return journal_.sync();
}

/// A failure that has a row of its own is told there.
void Apply::explain(const Error& cause) {
    if (failures_.empty()) {
        report_.problems.push_back(cause);
    }
}

void Apply::fail(const Error& cause) {
    has_failed_ = true;
    explain(cause);
}

void Apply::hangs(const Error& cause) {
    has_failed_ = true;
    report_.exit = worse(report_.exit, Exit::lock_or_timeout);
    report_.problems.push_back(cause);
}

/// Devices may have been renamed since it began.
void Apply::follow_devices() {
    const auto recorded = devices_in(journal_.ledger(), parts_.catalog);
    if (!recorded) {
        return;
    }
    if (const auto devices = Devices::since(*recorded, survey_)) {
        journal_.follow(following(*devices, parts_.catalog));
    }
}

void Apply::take_back() {
    survey_.forget();
    journal_.discard();  // what was not synced was followed by no write
    follow_devices();
    if (!undo_) {
        undo_.emplace(
            parts_.catalog, survey_, Restores::just_made,
            [this](const std::string& what) { doing(what); },
            carriers_.for_undoing(carrier_wait(nullptr)));
    }
    Undone undone;
    const Applied* const open = journal_.ledger().open();
    if (open != nullptr) {
        undone = undo_->run(open->touched);
        undone.is_complete = undone.is_complete && undone.left.empty();
    } else {
        undone.is_complete = done_ == 0;
    }
    std::ranges::move(failures_, std::back_inserter(report_.rows));
    std::ranges::move(undone.rows, std::back_inserter(report_.rows));
    std::ranges::move(undone.notes, std::back_inserter(report_.notes));
    report_.changed = report_.has_recovered || !undone.is_complete;
    report_.exit = worse(report_.exit, undone.is_complete ? Exit::rolled_back : Exit::not_restored);
    report_.notes.emplace_back(
        !undone.is_complete         ? "not everything could be restored: see the rows above"
        : undone.leaves_to_operator ? "everything that was changed is restored, but for what an "
                                      "operator has set meanwhile: see the rows above"
                                    : "everything that was changed is restored");
    if (open == nullptr) {
        return;  // the journal never heard of it
    }
    if (const Status ended = finish(undone.is_complete ? "undone" : "partial"); !ended) {
        report_.problems.push_back(
            {.code = ErrorCode::io,
             .message = fmt::format("the journal still shows the apply as cut off, and the next "
                                    "apply or rollback looks after it again: {}",
                                    ended.error().message)});
    }
}

}  // namespace nanotune
