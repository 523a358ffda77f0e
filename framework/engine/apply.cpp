#include "engine/apply.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>

#include <fmt/format.h>

#include "engine/host_status.hpp"

namespace nanotune {
namespace {

bool has_moved(const Written& written) {
    return written.got && written.change.before && *written.got != *written.change.before;
}

bool makes_queues_anew(const Change& change) {
    return !change.desired.setting.tunable->resets.empty();
}

bool makes_cpus_anew(const Change& change) {
    return change.desired.setting.tunable->topology != TopologyEffect::none;
}

/// Of a check, as it ended.
Exit exit_of(Outcome outcome) {
    return outcome == Outcome::unchanged      ? Exit::as_wanted
           : outcome == Outcome::needs_reboot ? Exit::reboot_needed
                                              : Exit::differs;
}

}  // namespace

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
                                                   .undoes = 0,
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
    review_checks();  // once it is recorded as kept no call that may hang is made
    Status recorded = record_held();
    if (recorded) {
        recorded = finish(reached ? "committed" : "degraded");
    }
    if (!recorded) {
        fail(recorded.error());
        return;
    }
    for (const Written& written : held_.all()) {
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
    for (const Plan& stage : plan.stages) {
        for (const auto* changes : {&stage.changes, &stage.unchanged}) {
            for (const Change& change : *changes) {
                if (change.before) {
                    first_.emplace(key_of(change.desired), *change.before);
                }
            }
        }
    }
}

Value Apply::before(const Change& change) const {
    const auto first = first_.find(key_of(change.desired));
    return first != first_.end() ? first->second : change.before.value_or(change.desired.value);
}

Status Apply::stages(WholePlan& plan) {
    remember(plan);
    wanted_ = plan.wanted;
    for (const Stage one : all_stages) {
        Plan& planned = plan.stages.at(static_cast<std::size_t>(one));
        if (still_holds(one, planned)) {
            hold(planned.unchanged, Read::when_planned);
            NT_CHECK(stage(std::move(planned)));
            continue;
        }
        Desires desires(profile_, survey_);
        auto again =
            plan_of_stage(one, desires, wanted_, parts_.catalog, journal_.ledger(), survey_,
                          request_.strict ? Rounded::is_tried_again : Rounded::is_settled);
        if (!again) {
            std::ranges::move(again.error() | std::views::drop(1),
                              std::back_inserter(report_.problems));
            return std::unexpected(std::move(again.error().front()));
        }
        if (auto rows = missing_consent(again->changes, request_.consent, profile_.forbidden);
            !rows.empty()) {
            failures_ = rows;
            return failure(ErrorCode::consent,
                           fmt::format("{} on {}: {}", rows.front().setting,
                                       rows.front().target.text(), rows.front().message));
        }
        hold(again->unchanged, Read::now);
        NT_CHECK(stage(*std::move(again)));
    }
    return settle();
}

bool Apply::still_holds(Stage stage, const Plan& planned) const {
    return !cpus_are_new_ && (!queues_are_new_ || !goes_by_queues(stage, profile_, planned));
}

void Apply::hold(std::vector<Change>& unchanged, Read read) {
    for (Change& same : unchanged) {
        Written written{.change = std::move(same), .got = {}, .message = {}};
        written.got = written.change.before;
        written.message = written.change.note;
        written.outcome = written.change.desired.pending ? Outcome::pending : Outcome::unchanged;
        held_.add(std::move(written), read);
    }
}

Status Apply::stage(Plan plan) {
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
    if (parts_.cancelled != nullptr && parts_.cancelled->load()) {
        return failure(ErrorCode::refused, "stopped by the operator");
    }
    NT_TRY(const std::vector<Change> kept, side_effects_.of(plan));
    NT_TRY(std::vector<Change> absent, side_effects_.absent(plan, journal_.ledger(), wanted_));
    const Status wrote = write(plan, kept);
    if (!wrote) {
        if (profile_.keep_on_failure) {
            NT_CHECK(put_back(kept));
        }
        return wrote;
    }
    if (std::ranges::any_of(plan.changes, makes_cpus_anew)) {
        survey_.forget();
        cpus_are_new_ = true;
    }
    if (std::ranges::any_of(plan.changes, makes_queues_anew)) {
        survey_.forget_queues();
        queues_are_new_ = true;
    }
    NT_CHECK(give_back(std::move(absent)));
    return put_back(kept);
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
    return journal_.append(record::Intent{.setting = change.desired.setting.full_name(),
                                          .target = change.desired.candidate.target,
                                          .before = before(change),
                                          .wanted = change.desired.value,
                                          .is_side_effect = change.is_side_effect});
}

Status Apply::write(const Plan& plan, const std::vector<Change>& kept) {
    for (const Change& change : kept) {
        NT_CHECK(intend(change));
    }
    NT_CHECK(intend(plan.changes));
    Writer writer(survey_,
                  {.on_failure = profile_.keep_on_failure ? OnFailure::go_on : OnFailure::stop,
                   .strict = request_.strict,
                   .doing = [this](const std::string& what) { doing(what); }});
    std::vector<Written> written = writer.write(plan.changes);
    const auto failed = std::ranges::find_if(written, is_fatal);
    const Status status =
        failed == written.end() ? Status{} : Status(std::unexpected(reason_of(*failed)));
    done_ += written.size();
    note(std::move(written));
    return status;
}

void Apply::note(std::vector<Written> written) {
    held_.saw_write();
    for (Written& one : written) {
        const bool is_held = wanted_.contains(key_of(one.change.desired));
        if (is_fatal(one) && one.outcome != Outcome::not_done) {
            failures_.push_back(row_of(one));
        } else if (is_held && one.outcome != Outcome::unsupported) {
            held_.add(std::move(one), Read::now);
        } else {
            report_.changed = report_.changed || has_moved(one);
            others_.push_back(row_of(one));
        }
    }
}

/// What a change of this stage reset comes back, unless a later stage sets it anyway.
Status Apply::put_back(const std::vector<Change>& kept) {
    NT_TRY(SideEffects::PutBack back, side_effects_.put_back(kept));
    if (back.has_written) {
        held_.saw_write();
    }
    std::ranges::move(back.followed, std::back_inserter(others_));
    return {};
}

/// What later writes disturbed is put right once.
Status Apply::settle() {
    const Holding::Intend intend = [this](const std::vector<Change>& changes) {
        return this->intend(changes);
    };
    NT_TRY(std::vector<Change> checks,
           held_.settle(survey_,
                        {.on_failure = OnFailure::stop,
                         .strict = request_.strict,
                         .doing = [this](const std::string& what) { doing(what); }},
                        intend));
    std::ranges::move(checks, std::back_inserter(checks_));
    return {};
}

void Apply::doing(const std::string& what) {
    if (request_.progress) {
        request_.progress({.doing = what, .done = done_, .total = total_});
    }
}

}  // namespace nanotune
