#include "engine/apply.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace nanotune {
namespace {

bool is_fatal(const Written& written) {
    return !is_success(written.outcome) &&
           !(written.outcome == Outcome::unsupported && written.change.desired.optional);
}

Error reason_of(const Written& written) {
    return {.code = written.outcome == Outcome::unsupported ? ErrorCode::unsupported
                                                            : ErrorCode::refused,
            .message = fmt::format(
                "{}: {}: {}", written.change.desired.origin.text(),
                text_of(written.change.desired.setting, written.change.desired.candidate.target),
                written.message)};
}

/// Whether the value is of CPUs, none of which runs.
bool needs_absent_cpus(const Desired& desired, const Topology& topology) {
    const auto* cpus = std::get_if<CpuSet>(&desired.value);
    return cpus != nullptr && desired.setting.tunable->domain.numbers == Domain::Numbers::cpus &&
           !cpus->empty() && !cpus->intersects(topology.online);
}

/// Whether CPUs, queues or interrupts may be others after the change.
bool moves_targets(const Change& change) {
    const Tunable& tunable = *change.desired.setting.tunable;
    return !tunable.resets.empty() || tunable.topology != TopologyEffect::none;
}

}  // namespace

std::string timestamp(std::chrono::system_clock::time_point when) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

/// Seconds since the epoch; 0 where nobody has to confirm.
std::uint64_t Apply::confirmation_deadline() const {
    return request_.confirm_within
               ? static_cast<std::uint64_t>(
                     std::chrono::ceil<std::chrono::seconds>(
                         (parts_.now() + *request_.confirm_within).time_since_epoch())
                         .count())
               : 0;
}

void Apply::run(WholePlan plan) {
    const auto now = parts_.now();
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
                                                   .confirm_by = confirmation_deadline()});
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
    Status recorded = record_held();
    if (recorded) {
        recorded = finish(reached ? "committed" : "degraded");
    }
    if (!recorded) {
        fail(recorded.error());
        return;
    }
    for (const Written& written : held_) {
        report_.rows.push_back(row_of(written));
        report_.changed = report_.changed || written.outcome == Outcome::changed ||
                          written.outcome == Outcome::adjusted;
    }
    std::ranges::move(failures_, std::back_inserter(report_.rows));
    std::ranges::move(others_, std::back_inserter(report_.rows));
    report_checks();
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
        if (!is_remade_) {
            NT_CHECK(stage(std::move(planned)));
            continue;
        }
        auto again =
            plan_of_stage(one, profile_, wanted_, parts_.catalog, journal_.ledger(), survey_);
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
        NT_CHECK(stage(*std::move(again)));
    }
    return settle();
}

Status Apply::stage(Plan plan) {
    for (Change& same : plan.unchanged) {
        Written written{.change = std::move(same), .got = {}, .message = {}};
        written.got = written.change.before;
        written.message = written.change.note;
        written.outcome = written.change.desired.pending ? Outcome::pending : Outcome::unchanged;
        held_.push_back(std::move(written));
    }
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
    NT_TRY(const std::vector<Change> kept, side_effects(plan, parts_.catalog, survey_));
    const Status wrote = write(plan, kept);
    if (!wrote) {
        if (profile_.keep_on_failure) {
            NT_CHECK(keep_side_effects(kept));
        }
        return wrote;
    }
    if (std::ranges::any_of(plan.changes, moves_targets)) {
        survey_.forget();
        is_remade_ = true;
    }
    return keep_side_effects(kept);
}

Status Apply::write(const Plan& plan, const std::vector<Change>& kept) {
    const auto intend = [this](const Change& change) {
        return journal_.append(record::Intent{.setting = change.desired.setting.full_name(),
                                              .target = change.desired.candidate.target,
                                              .before = before(change),
                                              .wanted = change.desired.value,
                                              .is_side_effect = change.is_side_effect});
    };
    for (const Change& change : kept) {
        NT_CHECK(intend(change));
    }
    for (const Change& change : plan.changes) {
        NT_CHECK(intend(change));
    }
    NT_CHECK(journal_.sync());
    std::ranges::copy(kept, std::back_inserter(kept_));
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
    unread_since_write_ = held_.size();
    for (Written& one : written) {
        const bool is_held = wanted_.contains(key_of(one.change.desired));
        if (is_fatal(one) && one.outcome != Outcome::not_done) {
            failures_.push_back(row_of(one));
        } else if (is_held && one.outcome != Outcome::unsupported) {
            held_.push_back(std::move(one));
        } else {
            report_.changed = report_.changed || one.outcome == Outcome::changed;
            others_.push_back(row_of(one));
        }
    }
}

/// What a change of this stage reset comes back, unless a later stage sets it anyway.
Status Apply::keep_side_effects(const std::vector<Change>& kept) {
    std::vector<Place> places;
    for (const Change& change : kept) {
        places.push_back({change.desired.setting, change.desired.candidate.target});
    }
    NT_TRY(auto readings, survey_.read(places));
    NT_TRY(const Topology topology, survey_.topology());
    std::vector<Change> lost;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (!readings[i] || readings[i]->value == kept[i].desired.value) {
            continue;
        }
        if (kept[i].desired.setting.tunable->along_stack ||
            needs_absent_cpus(kept[i].desired, topology)) {
            follow(kept[i], readings[i]->value);
            continue;
        }
        lost.push_back(kept[i]);
        lost.back().before = readings[i]->value;
    }
    if (lost.empty()) {
        return {};
    }
    unread_since_write_ = held_.size();
    Writer writer(survey_, {.on_failure = OnFailure::go_on, .doing = {}});
    for (const Written& written : writer.write(std::move(lost))) {
        if (!is_success(written.outcome) && written.outcome != Outcome::gone) {
            return std::unexpected(reason_of(written));
        }
    }
    return {};
}

/// A device on top of a changed one cannot keep its value until the one below has its own again,
/// nor can what is bound to a CPU that is offline now.
void Apply::follow(const Change& above, Value now) {
    Written written{
        .change = above, .outcome = Outcome::changed, .got = std::move(now), .message = {}};
    Row row = row_of(written);
    row.wanted = row.got;
    row.message = above.note + "; rollback restores it";
    others_.push_back(std::move(row));
}

/// Later writes may have disturbed what was read before them: that is read once more, and put right
/// once.
Status Apply::settle() {
    std::vector<Place> places;
    std::vector<Written*> read;
    for (Written& written : std::span(held_).first(unread_since_write_)) {
        if (written.got) {
            places.push_back(
                {written.change.desired.setting, written.change.desired.candidate.target});
            read.push_back(&written);
        }
    }
    NT_TRY(auto readings, survey_.read(places));
    std::vector<Change> disturbed;
    std::vector<Written*> again;
    for (std::size_t i = 0; i < read.size(); ++i) {
        if (!readings[i]) {
            return std::unexpected(Error(readings[i].error())
                                       .within(text_of(read[i]->change.desired.setting,
                                                       read[i]->change.desired.candidate.target)));
        }
        if (readings[i] && readings[i]->value != *read[i]->got && is_written(read[i]->change)) {
            disturbed.push_back(read[i]->change);
            disturbed.back().before = readings[i]->value;
            again.push_back(read[i]);
        }
    }
    if (disturbed.empty()) {
        return {};
    }
    for (const Written* written : again) {
        const Desired& desired = written->change.desired;
        NT_CHECK(journal_.append(record::Intent{.setting = desired.setting.full_name(),
                                                .target = desired.candidate.target,
                                                .before = before(written->change),
                                                .wanted = desired.value}));
    }
    NT_CHECK(journal_.sync());
    Writer writer(survey_, {.on_failure = OnFailure::stop,
                            .strict = request_.strict,
                            .doing = [this](const std::string& what) { doing(what); }});
    const std::vector<Written> written = writer.write(std::move(disturbed));
    for (std::size_t i = 0; i < written.size(); ++i) {
        if (is_fatal(written[i])) {
            return std::unexpected(reason_of(written[i]));
        }
        again[i]->got = written[i].got;
        again[i]->outcome = written[i].outcome;
    }
    return {};
}

/// What the apply itself moved is checked where it is now. A check that fails is reported, never
/// undone.
void Apply::report_checks() {
    std::vector<Place> places;
    for (const Change& check : checks_) {
        places.push_back({check.desired.setting, check.desired.candidate.target});
    }
    const auto readings = survey_.read(places);
    for (std::size_t i = 0; i < checks_.size(); ++i) {
        Change& check = checks_[i];
        if (readings && (*readings)[i]) {
            check.before = (*readings)[i]->value;
            check.note = (*readings)[i]->note;
        }
        const bool holds = check.before == check.desired.value;
        const Outcome outcome = holds ? Outcome::unchanged : failed_check(check);
        report_.rows.push_back(row_of(check, outcome));
        if (!holds) {
            report_.exit =
                worse(report_.exit,
                      outcome == Outcome::needs_reboot ? Exit::reboot_needed : Exit::differs);
        }
    }
}

/// What was reset and could not be put back came to this: whoever finds something else at rollback
/// knows that it is somebody else's.
Status Apply::record_kept() {
    std::vector<Place> places;
    std::vector<const Change*> read;
    for (const Change& change : kept_) {
        if (!wanted_.contains(key_of(change.desired))) {
            places.push_back({change.desired.setting, change.desired.candidate.target});
            read.push_back(&change);
        }
    }
    NT_TRY(const auto readings, survey_.read(places));
    for (std::size_t i = 0; i < read.size(); ++i) {
        if (readings[i] && readings[i]->value != read[i]->desired.value) {
            NT_CHECK(journal_.append(record::Intent{.setting = read[i]->desired.setting.full_name(),
                                                    .target = read[i]->desired.candidate.target,
                                                    .before = before(*read[i]),
                                                    .wanted = readings[i]->value,
                                                    .is_side_effect = true}));
        }
    }
    return {};
}

Status Apply::record_held() {
    NT_CHECK(record_kept());
    for (const Written& written : held_) {
        const Desired& desired = written.change.desired;
        if (written.got) {
            NT_CHECK(journal_.append(record::Held{.setting = desired.setting.full_name(),
                                                  .target = desired.candidate.target,
                                                  .wanted = desired.value,
                                                  .got = *written.got,
                                                  .origin = desired.origin.text()}));
        }
    }
    return {};
}

Status Apply::finish(std::string how) {
    const bool is_kept = how == "committed" || how == "degraded";
    NT_CHECK(journal_.append(
        record::End{.how = std::move(how), .confirm_by = is_kept ? confirmation_deadline() : 0}));
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

void Apply::take_back() {
    survey_.forget();
    journal_.discard();  // what was not synced was followed by no write
    if (!undo_) {
        undo_.emplace(parts_.catalog, survey_, Restores::everything,
                      [this](const std::string& what) { doing(what); });
    }
    Undone undone;
    if (const Applied* open = journal_.ledger().open(); open != nullptr) {
        undone = undo_->run(open->touched);
    }
    std::ranges::move(failures_, std::back_inserter(report_.rows));
    std::ranges::move(undone.rows, std::back_inserter(report_.rows));
    report_.changed = !undone.is_complete;
    report_.exit = worse(report_.exit, undone.is_complete ? Exit::rolled_back : Exit::not_restored);
    report_.notes.emplace_back(undone.is_complete
                                   ? "everything that was changed is restored"
                                   : "not everything could be restored: see the rows above");
    if (const Status ended = finish(undone.is_complete ? "undone" : "partial"); !ended) {
        report_.problems.push_back(
            {.code = ErrorCode::io,
             .message = fmt::format("the journal still shows the apply as cut off, and the next "
                                    "apply or rollback looks after it again: {}",
                                    ended.error().message)});
    }
}

void Apply::doing(const std::string& what) {
    if (request_.progress) {
        request_.progress({.doing = what, .done = done_, .total = total_});
    }
}

}  // namespace nanotune
