#include "engine/stage_plan.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/at_least.hpp"
#include "engine/limits.hpp"
#include "engine/readable.hpp"
#include "engine/returns.hpp"
#include "engine/stacks.hpp"

namespace nanotune {
namespace {

/// What something else rules is not there to be set either.
bool is_absence(ErrorCode code) {
    return code == ErrorCode::unsupported || code == ErrorCode::not_found ||
           code == ErrorCode::conflict;
}

/// A thread that was there when the rule named it, a moment ago.
bool has_just_ended(const Desired& desired, const Result<Reading>& reading) {
    return !reading && reading.error().code == ErrorCode::not_found &&
           desired.setting.plugin->selector == Selector::label;
}

Error about(const Desired& desired, Error error) {
    return std::move(error).within(fmt::format(
        "{}: {}", desired.origin.text(), text_of(desired.setting, desired.candidate->target)));
}

/// A rounded value that an earlier apply of the same wish ended with is as good as it gets.
bool came_from_rounding(const Desired& desired, const Value& now, const Applied* active) {
    if (active == nullptr || now == desired.value || desired.setting.tunable->check_only) {
        return false;
    }
    const auto held = active->held.find(key_in(desired));
    return held != active->held.end() && held->second.wanted == desired.value &&
           held->second.got == now;
}

/// A value that nobody can change is an error, unless it is the wanted one. Whether it stands in
/// the way: what is fixed as off is only as good as absent.
bool refuse_fixed(const Desired& desired, Result<Reading>& reading) {
    if (!reading || !reading->is_fixed || reading->value == desired.value) {
        return false;
    }
    const bool is_in_the_way = reading->value != Value(false);
    reading = failure(ErrorCode::unsupported,
                      fmt::format("fixed by the driver: it stays {}",
                                  readable(desired.setting.tunable->domain, reading->value)));
    return is_in_the_way;
}

/// One group alias stands for several settings: those that the device lacks are no error while it
/// has one.
std::set<std::string> supported_groups(const std::vector<Desired>& desired,
                                       const std::vector<Result<Reading>>& readings) {
    std::set<std::string> groups;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        if (!desired[i].group.empty() && readings[i]) {
            groups.insert(desired[i].group);
        }
    }
    return groups;
}

void sort_absent(Plan& plan, Problems& problems, Desired&& desired, Error&& error) {
    if (is_absence(error.code) && desired.optional) {
        plan.unsupported.push_back({.desired = std::move(desired),
                                    .before = {},
                                    .known_after = {},
                                    .note = std::move(error.message)});
    } else {
        problems.push_back(about(desired, std::move(error)));
    }
}

/// Mostly all of them go into one list.
void make_room(std::vector<Change>& changes, std::size_t most) {
    if (changes.empty()) {
        changes.reserve(most);
    }
}

void sort_read(Plan& plan, Desired&& desired, Reading&& reading, const Applied* active,
               Rounded rounded, std::size_t most) {
    if (desired.coming) {
        make_room(plan.changes, most);
        std::string with = desired.coming->with;
        plan.changes.push_back({.desired = std::move(desired),
                                .before = {},
                                .known_after = std::move(with),
                                .note = {}});
        return;
    }
    const bool was_rounded = came_from_rounding(desired, reading.value, active);
    const bool is_settled = was_rounded && rounded != Rounded::is_tried_again;
    const bool is_as_wanted = reading.value == desired.value || is_settled;
    const bool stays = !is_as_wanted && rounded == Rounded::all_stays && active != nullptr &&
                       active->held.contains(key_in(desired));
    std::vector<Change>& list = is_as_wanted ? plan.unchanged
                                : stays      ? plan.overridden
                                             : plan.changes;
    make_room(list, most);
    Change& change = list.emplace_back(std::move(desired), std::move(reading.value));
    change.note = std::move(reading.note);
    change.requested = std::move(reading.requested);
    change.was_rounded = was_rounded;
    change.desired.pending = is_as_wanted && reading.pending;
    if (change.note.empty()) {
        change.note = change.desired.note;
    }
    if (is_settled && change.note.empty()) {
        change.note = "as near as the driver comes";
    }
}

/// What a stage should reach, beside what the host holds there.
class Comparison {
  public:
    Comparison(Survey& survey, StageDesires desires, std::vector<Change> returns)
        : survey_(survey), desires_(std::move(desires)), returns_(std::move(returns)) {}

    /// Problems: what kept all from being read or held to its limits.
    Status read() {
        std::vector<Place> places;
        std::vector<std::optional<std::size_t>> place_of;
        const std::size_t count = desires_.desired.size();
        places.reserve(count);
        place_of.reserve(count);
        for (const Desired& desired : desires_.desired) {
            const bool is_readable = desired.missing.empty() && !desired.pending;
            place_of.push_back(is_readable ? std::optional(places.size()) : std::nullopt);
            if (is_readable) {
                places.push_back({desired.setting, desired.coming ? desired.coming->like
                                                                  : desired.candidate->target});
            }
        }
        NT_TRY(auto answers, survey_.read(places));
        readings_.reserve(count + returns_.size());
        for (std::size_t i = 0; i < count; ++i) {
            const auto place = place_of[i];
            readings_.push_back(place
                                    ? std::move(answers[*place])
                                    : failure(ErrorCode::unsupported, desires_.desired[i].missing));
            is_in_the_way_.push_back(refuse_fixed(desires_.desired[i], readings_.back()));
        }
        return {};
    }

    void raise(const Ledger& ledger) { keep_what_is_more(desires_.desired, readings_, ledger); }

    /// Values of the profile and returns to the baseline together, as they stand beside each other.
    Status hold() {
        const std::size_t own = readings_.size();
        for (const Change& change : returns_) {
            desires_.desired.push_back(change.desired);
            readings_.emplace_back(Reading{.value = change.before.value_or(Value())});
        }
        std::vector<bool> was_read;
        std::ranges::transform(readings_, std::back_inserter(was_read),
                               &Result<Reading>::has_value);
        std::vector<const Desired*> desired;
        desired.reserve(readings_.size());
        std::ranges::transform(desires_.desired, std::back_inserter(desired),
                               [](const Desired& one) { return &one; });
        NT_CHECK(hold_to_limits(survey_, desired, readings_, survey_.answers()));
        for (std::size_t i = 0; i < readings_.size(); ++i) {
            const bool is_kept_off =
                was_read[i] && !readings_[i] && readings_[i].error().code == ErrorCode::conflict;
            if (i < own && is_kept_off) {
                is_in_the_way_[i] = true;
                readings_[i].error().code = ErrorCode::unsupported;
            } else if (i >= own && !readings_[i] &&
                       !is_kept_off) {  // asked for before, in force or not
                desires_.problems.push_back(
                    about(desires_.desired[i], std::move(readings_[i]).error()));
            }
        }
        std::ranges::move(misfits_of_stacks(survey_, desires_.desired, readings_),
                          std::back_inserter(desires_.problems));
        desires_.desired.erase(desires_.desired.begin() + static_cast<std::ptrdiff_t>(own),
                               desires_.desired.end());
        readings_.resize(own);
        return {};
    }

    /// Every desire into its list of `plan`. Problems: those of the desires, too.
    Problems sort_into(Plan& plan, const Applied* active, Rounded rounded) {
        const std::set<std::string> groups = supported_groups(desires_.desired, readings_);
        Problems problems = take_problems();
        plan.waiting = std::move(desires_.waiting);
        plan.warnings = std::move(desires_.warnings);
        for (std::size_t i = 0; i < readings_.size(); ++i) {
            Desired& desired = desires_.desired[i];
            if (desired.pending) {
                plan.waiting.push_back(
                    {.setting = desired.setting.full_name(),
                     .target = desired.candidate->target,
                     .wanted = readable(desired.setting.tunable->domain, desired.value),
                     .origin = desired.origin,
                     .message = "not there yet: apply again once it has started" +
                                (desired.note.empty() ? "" : "; " + desired.note)});
            } else if (readings_[i]) {
                sort_read(plan, std::move(desired), *std::move(readings_[i]), active, rounded,
                          readings_.size());
            } else if (!has_just_ended(desired, readings_[i]) && !is_excused(i, groups)) {
                sort_absent(plan, problems, std::move(desired), std::move(readings_[i]).error());
            }
        }
        return problems;
    }

    Problems take_problems() { return std::exchange(desires_.problems, {}); }

  private:
    /// What a group lacks, where the device has others of the group.
    [[nodiscard]] bool is_excused(std::size_t i, const std::set<std::string>& groups) const {
        const std::string& group = desires_.desired[i].group;
        return is_absence(readings_[i].error().code) && !group.empty() && !is_in_the_way_[i] &&
               groups.contains(group);
    }

    Survey& survey_;
    StageDesires desires_;
    std::vector<Change> returns_;
    std::vector<Result<Reading>> readings_;  ///< of each desire
    std::vector<bool> is_in_the_way_;        ///< of what its group wants
};

}  // namespace

Rounded rounded_for(const ApplyRequest& request) {
    return request.is_again ? Rounded::all_stays
           : request.strict ? Rounded::is_tried_again
                            : Rounded::is_settled;
}

Key key_of(const Desired& desired) {
    return key_of(desired.setting.full_name(), desired.candidate->target,
                  desired.candidate->identity);
}

KeyView key_in(const SettingRef& setting, const Candidate& candidate) {
    return {.plugin = setting.plugin->name,
            .setting = setting.tunable->name,
            .target = candidate.target,
            .device = device_in_key(candidate.target, candidate.identity)};
}

Checked<Plan> stage_plan(Survey& survey, const Ledger& ledger, Rounded rounded,
                         StageDesires desires, Plan returns) {
    if (rounded == Rounded::all_stays) {
        leave_what_is_held(returns, ledger.active());
    }
    Comparison comparison(survey, std::move(desires), returns.changes);
    Status compared = comparison.read();
    if (compared) {
        comparison.raise(ledger);
        compared = comparison.hold();
    }
    if (!compared) {
        Problems problems = comparison.take_problems();
        problems.push_back(std::move(compared).error());
        return std::unexpected(std::move(problems));
    }
    Plan plan;
    Problems problems = comparison.sort_into(plan, ledger.active(), rounded);
    if (!problems.empty()) {
        return std::unexpected(std::move(problems));
    }
    plan.overridden.insert(plan.overridden.begin(),
                           std::make_move_iterator(returns.overridden.begin()),
                           std::make_move_iterator(returns.overridden.end()));
    std::ranges::move(returns.warnings, std::back_inserter(plan.warnings));
    add_returns(plan, std::move(returns.changes));
    return plan;
}

}  // namespace nanotune
