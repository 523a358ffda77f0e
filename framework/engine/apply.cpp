#include "engine/apply.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>

#include <fmt/format.h>

#include "engine/check.hpp"
#include "engine/consent.hpp"
#include "engine/host_status.hpp"
#include "engine/refusal.hpp"

namespace nanotune {

std::string timestamp(std::chrono::system_clock::time_point when) {
    // Not by strftime, which reads the time zone's file first.
    const auto second = std::chrono::floor<std::chrono::seconds>(when);
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

Apply::Deadline Apply::confirmation_deadline() const {
    if (!request_.confirm_within) {
        return {};
    }
    const Moment now = parts_.now();
    const auto wall = std::chrono::ceil<std::chrono::seconds>(
        (now.wall + *request_.confirm_within).time_since_epoch());
    const std::chrono::milliseconds boot = now.since_boot + *request_.confirm_within;
    return {.wall = static_cast<std::uint64_t>(wall.count()),
            .boot = static_cast<std::uint64_t>(boot.count())};
}

/// The apply that one rollback undoes together with this one; 0 for none.
std::uint64_t Apply::continued() const {
    const Applied* const active = journal_.ledger().active();
    if (!request_.is_again || active == nullptr) {
        return 0;
    }
    return active->continues != 0 ? active->continues : active->id;
}

void Apply::run(WholePlan plan) {
    const auto now = parts_.now().wall;
    const Deadline deadline = confirmation_deadline();
    const std::uint64_t id = journal_.ledger().next_id(now);
    if (const Status told = request_.begins ? request_.begins(id) : Status{}; !told) {
        report_.problems.push_back(told.error());
        report_.exit = worse(report_.exit, Exit::refused);
        return;
    }
    for (const Plan& stage : plan.stages) {
        total_ += stage.changes.size();
    }
    Status reached = journal_.append(record::Begin{.id = id,
                                                   .kind = "apply",
                                                   .undoes = continued(),
                                                   .profile = profile_.name,
                                                   .profile_hash = profile_.hash,
                                                   .started = timestamp(now),
                                                   .confirm_by = deadline.wall,
                                                   .confirm_by_boot = deadline.boot,
                                                   .overrides = texts_of(profile_.overrides)});
    if (reached) {
        reached = stages(plan);
    }
    if (!reached && !profile_.keep_on_failure) {
        fail(reached.error());
        return;
    }
    if (!reached) {
        explain(reached.error());
        report_.notes.emplace_back("on_failure is \"keep\": what was reached stays");
        report_.exit = worse(report_.exit, Exit::differs);
    }
    std::ranges::move(carriers_.missing(), std::back_inserter(report_.notes));
    review_checks();  // once it is recorded as kept no call that may hang is made
    Status recorded = record_held();
    if (recorded) {
        recorded = finish(reached ? "committed" : "degraded");
    }
    if (!recorded) {
        fail(recorded.error());
        return;
    }
    std::vector<Held> held = held_.take();
    report_.rows.reserve(held.size() + failures_.size() + others_.size() + reviewed_.size());
    for (Written& written : held) {
        see_since_first(written);
        report_.rows.push_back(row_of(written));
        report_.changed = report_.changed || has_moved(written);
    }
    std::ranges::move(failures_, std::back_inserter(report_.rows));
    std::ranges::move(others_, std::back_inserter(report_.rows));
    for (Row& check : reviewed_) {
        report_.exit = worse(report_.exit, exit_of(check.outcome));
        report_.rows.push_back(std::move(check));
    }
}

/// An undeclared side effect of one stage must not pass for what a later stage's setting was.
void Apply::remember(const WholePlan& plan) {
    std::size_t settings = 0;
    for (const Plan& stage : plan.stages) {
        settings += stage.changes.size() + stage.unchanged.size();
        for (const auto* changes : {&stage.changes, &stage.unchanged}) {
            for (const Change& change : *changes) {
                if (change.before) {
                    first_.emplace(spot_of(change.desired),
                                   First{.in_force = *change.before,
                                         .requested = change.requested.value_or(*change.before)});
                }
            }
        }
    }
    held_.expect(settings);
}

Value Apply::before(const Change& change) const {
    const auto first = first_.find(spot_in(change.desired));
    return first != first_.end()
               ? first->second.requested
               : change.requested.value_or(change.before.value_or(change.desired.value));
}

/// What another change of this apply disturbed, and what was put right, is as it was.
void Apply::see_since_first(Written& written) const {
    if (const auto first = first_.find(spot_in(written.change.desired)); first != first_.end()) {
        written.change.before = first->second.in_force;
    }
    if (written.outcome == Outcome::changed && written.got == written.change.before) {
        written.outcome = Outcome::unchanged;
    }
}

/// Where what is reached is kept, one stage that fails keeps no other from being reached.
Status Apply::stages(WholePlan& plan) {
    remember(plan);
    wanted_ = std::move(plan.wanted);
    Status first;
    for (const Stage one : all_stages) {
        Plan& planned = plan.stages.at(static_cast<std::size_t>(one));
        Status done = one == Stage::datapath ? start(planned, first) : stage(one, planned);
        if (!done && !goes_on_after(done.error())) {
            return done;
        }
        first = first ? std::move(done) : std::move(first);
    }
    Status settled = settle();
    if (first && settled && !profile_.keep_on_failure) {
        return goes_on();  // the last write may have taken long
    }
    return first ? std::move(settled) : std::move(first);
}

Status Apply::goes_on() const {
    const bool is_stopped = parts_.cancelled != nullptr && parts_.cancelled->load();
    return is_stopped ? failure(ErrorCode::refused, "stopped by the operator") : Status();
}

bool Apply::goes_on_after(const Error& cause) const {
    return profile_.keep_on_failure && goes_on() && cause.code != ErrorCode::timed_out;
}

Status Apply::stage(Stage one, Plan& planned) {
    const bool holds = still_holds(one, planned);
    NT_TRY(Plan now, as_of_now(one, planned));
    if (!holds) {
        NT_CHECK(claim(now.unchanged));
    }
    hold(now.unchanged, holds ? Read::when_planned : Read::now);
    return stage(std::move(now));
}

/// What this apply's own changes made as it is wanted is on record with what it was before them, or
/// before nanotune where it was not there: a queue is born with what a default says just then.
Status Apply::claim(std::vector<Change> unchanged) {
    for (Change& same : unchanged) {
        const auto first = first_.find(spot_in(same.desired));
        const Value* const was = first != first_.end()
                                     ? &first->second.requested
                                     : journal_.ledger().baseline_of(key_of(same.desired));
        const auto now = same.requested ? same.requested : same.before;
        if (was != nullptr && is_written(same) && now != *was) {
            same.requested = *was;
            NT_CHECK(intend(same));
        }
    }
    return {};
}

/// What was as it is wanted before this apply, and is another now without having ended with one of
/// its changes: a datapath that was switched off meanwhile, which stays so.
void Apply::leave_to_operator(Plan& plan) const {
    const auto is_operators = [this](const Change& change) {
        const auto first = first_.find(spot_in(change.desired));
        return first != first_.end() && first->second.in_force == change.desired.value &&
               change.requested != change.desired.value && wanted_.contains(change.desired);
    };
    const auto turned = std::ranges::stable_partition(plan.changes, std::not_fn(is_operators));
    for (Change& change : turned) {
        change.before = change.desired.value;
        change.requested.reset();
        plan.unchanged.push_back(std::move(change));
    }
    plan.changes.erase(turned.begin(), turned.end());
}

/// As planned, or planned anew where earlier stages made its targets anew.
Result<Plan> Apply::as_of_now(Stage one, Plan& planned) {
    if (still_holds(one, planned)) {
        return std::move(planned);
    }
    Desires desires(profile_, survey_);
    ByKey<Value> carriers;
    const Returns returns(journal_.ledger(), parts_.catalog, survey_);
    auto again = plan_of_stage(one, desires, wanted_, returns, journal_.ledger(), survey_,
                               rounded_for(request_), carriers);
    if (!again) {
        std::ranges::move(again.error() | std::views::drop(1),
                          std::back_inserter(report_.problems));
        return std::unexpected(std::move(again.error().front()));
    }
    if (one == Stage::datapath) {
        leave_to_operator(*again);
    }
    if (auto rows = missing_consent(again->changes, request_.consent, profile_.forbidden);
        !rows.empty()) {
        auto lacking = failure(ErrorCode::consent,
                               fmt::format("{} on {}: {}", rows.front().setting,
                                           rows.front().target.text(), rows.front().message));
        std::ranges::move(rows, std::back_inserter(failures_));
        return lacking;
    }
    return *std::move(again);
}

bool Apply::still_holds(Stage stage, const Plan& planned) const {
    if (stage == Stage::datapath && datapaths_pause_) {
        return false;
    }
    return !cpus_are_new_ && (!queues_are_new_ || !goes_by_queues(stage, profile_, planned));
}

void Apply::hold(std::vector<Change>& unchanged, Read read) {
    for (Change& same : unchanged) {
        Written& written = held_.add({.change = std::move(same), .got = {}, .message = {}}, read);
        written.got = written.change.before;
        written.message = written.change.note;
        written.outcome = written.change.desired.pending ? Outcome::pending : Outcome::unchanged;
    }
}

/// What later writes disturbed is put right once.
Status Apply::settle() {
    const Holding::Intend intend = [this](const std::vector<Change>& changes) {
        side_effects_.expect(changes);
        return this->intend(changes);
    };
    auto settled =
        held_.settle(survey_,
                     {.on_failure = profile_.keep_on_failure ? OnFailure::go_on : OnFailure::stop,
                      .strict = request_.strict,
                      .doing = [this](const std::string& what) { doing(what); },
                      .carriers = &carriers_},
                     intend);
    if (!settled) {
        for (Written& lost : settled.error().lost) {
            see_since_first(lost);
            failures_.push_back(row_of(lost));
        }
        return std::unexpected(std::move(settled).error().cause);
    }
    std::ranges::move(*settled, std::back_inserter(checks_));
    return {};
}

/// What waits while changes are taken back is not to be stopped.
CarrierWait Apply::carrier_wait(const std::atomic<bool>* cancelled) {
    return {.patience = parts_.carrier_patience,
            .doing = [this](const std::string& what) { doing(what); },
            .cancelled = cancelled};
}

void Apply::doing(const std::string& what) {
    if (request_.progress) {
        request_.progress({.doing = what, .done = done_, .total = total_});
    }
}

}  // namespace nanotune
