// What changes took away comes back, as far as there is a place for it now; the rest is told, and
// recorded for rollback.
#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>

#include <nanotune/discover.hpp>

#include "engine/limits.hpp"
#include "engine/side_effects.hpp"

namespace nanotune {
namespace {

/// A device on top of a changed one cannot keep its value until the one below has its own again,
/// nor a queue one that its device was given for all of them, nor can what is bound to a CPU that
/// is offline now, or to a queue that is no more.
SideEffects::Followed followed(const Change& kept, Value now) {
    Written written{
        .change = kept, .outcome = Outcome::changed, .got = std::move(now), .message = {}};
    Row row = row_of(written);
    row.wanted = row.got;
    row.message = kept.note + "; rollback restores it";
    return {.key = key_of(kept.desired), .row = std::move(row)};
}

/// To what it was before nanotune, and not to what it was before this change.
bool goes_back(const Change& kept) {
    return kept.before != kept.desired.value;
}

/// A queue comes with a change of their number alone; an interrupt comes once its driver is ready.
bool went_with_queue(const Change& kept, const Result<Reading>& reading) {
    const Discovery found_by = kept.desired.setting.bank->discovery();
    return (found_by == discover::rx_queues || found_by == discover::tx_queues) && !reading &&
           reading.error().kernel_errno == ENOENT;
}

}  // namespace

record::Intent intent_of(const Change& change, Value before) {
    return {.setting = change.desired.setting.full_name(),
            .target = change.desired.candidate->target,
            .before = std::move(before),
            .wanted = change.desired.value,
            .is_side_effect = change.is_side_effect,
            .also = change.desired.setting.name_elsewhere(),
            .device = SharedDevice::of(change.desired.candidate)};
}

bool is_absence(const Error& error) {
    return error.code == ErrorCode::unsupported || error.code == ErrorCode::not_found;
}

/// As much of the value as there is now: of CPUs, those that run.
Result<Value> SideEffects::reachable(const Desired& desired) {
    const auto* cpus = std::get_if<CpuSet>(&desired.value);
    if (cpus == nullptr || desired.setting.tunable->domain.numbers != Domain::Numbers::cpus) {
        return desired.value;
    }
    NT_TRY(const Topology topology, survey_.topology());
    return *cpus & topology.online;
}

Status SideEffects::pause(const std::vector<Change>& kept) {
    Pauses pauses(catalog_, survey_);
    for (const Change& change : kept) {
        if (is_of_worker(change)) {
            NT_CHECK(pauses.pause({change.desired.setting, change.desired.candidate->target}));
        }
    }
    return {};
}

/// What is carried comes last: it follows what is put back, too.
Result<SideEffects::PutBack> SideEffects::put_back(std::vector<Change> kept) {
    const auto carried = std::ranges::stable_partition(kept, std::not_fn(&Change::is_carried));
    const std::size_t not_carried = kept.size() - carried.size();
    const std::size_t before = kept_.size();
    std::ranges::move(kept, std::back_inserter(kept_));
    const auto these = std::span<const Change>(kept_).subspan(before);
    PutBack back;
    for (const auto some : {these.first(not_carried), these.subspan(not_carried)}) {
        NT_TRY(PutBack part, put_back_at_once(some));
        std::ranges::move(part.followed, std::back_inserter(back.followed));
        back.has_written = back.has_written || part.has_written;
    }
    return back;
}

Result<SideEffects::PutBack> SideEffects::put_back_at_once(std::span<const Change> kept) {
    if (kept.empty()) {
        return PutBack{};
    }
    NT_TRY(auto readings, survey_.read(places_of(kept)));
    std::vector<const Desired*> desired;
    std::ranges::transform(kept, std::back_inserter(desired),
                           [](const Change& change) { return &change.desired; });
    std::vector<Result<Reading>> held = readings;
    NT_CHECK(hold_to_limits(survey_, desired, held, std::make_shared<SteadyAnswers>()));
    PutBack back;
    std::vector<Change> lost;
    std::vector<const Change*> whole;  // of each of them
    std::vector<Value> mosts;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (went_with_queue(kept[i], readings[i])) {
            gone_.insert(static_cast<std::size_t>(&kept[i] - kept_.data()));
        }
        if (!readings[i] || readings[i]->value == kept[i].desired.value) {
            continue;
        }
        NT_TRY(Value most, reachable(kept[i].desired));
        const bool has_no_cpu_left = most != kept[i].desired.value && most == Value(CpuSet());
        // A table that sends to queues which are no more; a number above a maximum that has fallen.
        const bool cannot_be = !held[i] && is_absence(held[i].error());
        const bool follows = kept[i].is_carried || kept[i].desired.setting.tunable->along_stack;
        if ((follows && !goes_back(kept[i])) || has_no_cpu_left || cannot_be) {
            back.followed.push_back(followed(kept[i], std::move(readings[i]->value)));
            continue;
        }
        lost.push_back(kept[i]);
        whole.push_back(&kept[i]);
        lost.back().before = readings[i]->value;
        mosts.push_back(std::move(most));
    }
    back.has_written = !lost.empty();
    if (lost.empty()) {
        return back;
    }
    Writer writer(survey_, {.on_failure = OnFailure::go_on, .doing = {}, .carriers = &carriers_});
    const std::vector<Written> written = writer.write(std::move(lost));
    for (std::size_t i = 0; i < written.size(); ++i) {
        const bool is_whole = written[i].got == written[i].change.desired.value;
        if (!is_whole && written[i].got == mosts[i]) {
            // Some masks keep a CPU that is offline, others drop it: only the kernel knows.
            back.followed.push_back(followed(*whole[i], std::move(mosts[i])));
        } else if (!is_success(written[i].outcome) && goes_back(*whole[i])) {
            back.followed.push_back(
                followed(*whole[i], written[i].got.value_or(whole[i]->desired.value)));
        } else if (!is_success(written[i].outcome) && written[i].outcome != Outcome::gone) {
            return std::unexpected(reason_of(written[i]));
        }
    }
    return back;
}

Result<std::vector<record::Intent>> SideEffects::came_to(const Wanted& wanted) {
    std::vector<Change> rest;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        if (!gone_.contains(i) && !wanted.contains(kept_[i].desired)) {
            rest.push_back(std::move(kept_[i]));
        }
    }
    kept_ = std::move(rest);
    gone_.clear();
    NT_TRY(auto readings, survey_.read(places_of(kept_)));
    std::vector<record::Intent> others;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        const Desired& desired = kept_[i].desired;
        if (readings[i] && readings[i]->value != desired.value) {
            others.push_back({.setting = desired.setting.full_name(),
                              .target = desired.candidate->target,
                              .before = desired.value,
                              .wanted = std::move(readings[i]->value),
                              .is_side_effect = true,
                              .device = SharedDevice::of(desired.candidate)});
        }
    }
    return others;
}

}  // namespace nanotune
