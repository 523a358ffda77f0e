#include "engine/stage_plan.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "engine/devices.hpp"
#include "engine/limits.hpp"
#include "engine/readable.hpp"
#include "engine/resets.hpp"
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
    return std::move(error).within(fmt::format("{}: {}", desired.origin.text(),
                                               text_of(desired.setting, desired.candidate.target)));
}

/// A rounded value that an earlier apply of the same wish ended with is as good as it gets.
bool came_from_rounding(const Desired& desired, const Value& now, const Applied* active) {
    if (active == nullptr || now == desired.value || desired.setting.tunable->check_only) {
        return false;
    }
    const auto held = active->held.find(key_of(desired));
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

void sort_absent(Plan& plan, Problems& problems, Desired desired, Error error) {
    if (is_absence(error.code) && desired.optional) {
        plan.unsupported.push_back({.desired = std::move(desired),
                                    .before = {},
                                    .known_after = {},
                                    .note = std::move(error.message)});
    } else {
        problems.push_back(about(desired, std::move(error)));
    }
}

void sort_read(Plan& plan, Desired desired, Reading reading, const Applied* active,
               Rounded rounded) {
    if (desired.coming) {
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
    Change change{.desired = std::move(desired),
                  .before = std::move(reading.value),
                  .known_after = {},
                  .note = std::move(reading.note),
                  .requested = std::move(reading.requested),
                  .was_rounded = was_rounded};
    change.desired.pending = is_as_wanted && reading.pending;
    if (change.note.empty()) {
        change.note = change.desired.note;
    }
    if (is_settled && change.note.empty()) {
        change.note = "as near as the driver comes";
    }
    const bool stays = !is_as_wanted && rounded == Rounded::all_stays && active != nullptr &&
                       active->held.contains(key_of(change.desired));
    (is_as_wanted ? plan.unchanged
     : stays      ? plan.overridden
                  : plan.changes)
        .push_back(std::move(change));
}

/// Settings of earlier applies whose plugin, or which in their plugin, is not there any more.
std::string stays_of(const Catalog& catalog, const std::string& plugin,
                     const std::vector<std::string>& names) {
    const std::string* refusal = catalog.refusal_of(plugin);
    return fmt::format("{} {}: {}", fmt::join(names, ", "),
                       names.size() == 1 ? "stays as it is" : "stay as they are",
                       refusal != nullptr
                           ? fmt::format("plugin {} is refused: {}", plugin, *refusal)
                       : catalog.plugin(plugin) == nullptr
                           ? fmt::format("plugin {} is not loaded", plugin)
                           : fmt::format("this plugin {} does not have that", plugin));
}

}  // namespace

Rounded rounded_for(const ApplyRequest& request) {
    return request.is_again ? Rounded::all_stays
           : request.strict ? Rounded::is_tried_again
                            : Rounded::is_settled;
}

Key key_of(const Desired& desired) {
    return key_of(desired.setting.full_name(), desired.candidate.target,
                  desired.candidate.identity);
}

Checked<Plan> stage_plan(Survey& survey, const Applied* active, Rounded rounded,
                         StageDesires desires, Plan returns) {
    std::vector<Place> places;
    std::vector<std::optional<std::size_t>> place_of;
    for (const Desired& desired : desires.desired) {
        const bool is_readable = desired.missing.empty() && !desired.pending;
        place_of.push_back(is_readable ? std::optional(places.size()) : std::nullopt);
        if (is_readable) {
            places.push_back({desired.setting,
                              desired.coming ? desired.coming->like : desired.candidate.target});
        }
    }
    auto answers = survey.read(places);
    if (!answers) {
        desires.problems.push_back(std::move(answers).error());
        return std::unexpected(std::move(desires.problems));
    }
    std::vector<Result<Reading>> readings;
    std::vector<bool> is_in_the_way;  // of what its group wants
    for (std::size_t i = 0; i < desires.desired.size(); ++i) {
        const auto place = place_of[i];
        readings.push_back(place ? std::move((*answers)[*place])
                                 : failure(ErrorCode::unsupported, desires.desired[i].missing));
        is_in_the_way.push_back(refuse_fixed(desires.desired[i], readings.back()));
    }
    const std::size_t own = readings.size();
    for (const Change& change : returns.changes) {
        desires.desired.push_back(change.desired);
        readings.emplace_back(Reading{.value = change.before.value_or(Value())});
    }
    std::vector<bool> was_read;
    std::ranges::transform(readings, std::back_inserter(was_read), &Result<Reading>::has_value);
    if (auto held = hold_to_limits(survey, desires.desired, readings); !held) {
        desires.problems.push_back(std::move(held).error());
        return std::unexpected(std::move(desires.problems));
    }
    const auto is_kept_off = [&](std::size_t i) {
        return was_read[i] && !readings[i] && readings[i].error().code == ErrorCode::conflict;
    };
    for (std::size_t i = 0; i < own; ++i) {
        if (is_kept_off(i)) {
            is_in_the_way[i] = true;
            readings[i].error().code = ErrorCode::unsupported;
        }
    }
    for (std::size_t i = own; i < readings.size(); ++i) {
        if (!readings[i] && !is_kept_off(i)) {  // asked for before, in force or not
            desires.problems.push_back(about(desires.desired[i], std::move(readings[i]).error()));
        }
    }
    std::ranges::move(misfits_of_stacks(survey, desires.desired, readings),
                      std::back_inserter(desires.problems));
    desires.desired.resize(own);
    readings.resize(own);
    const std::set<std::string> groups = supported_groups(desires.desired, readings);

    Plan plan;
    plan.waiting = std::move(desires.waiting);
    plan.overridden = std::move(returns.overridden);
    plan.warnings = std::move(desires.warnings);
    std::ranges::move(returns.warnings, std::back_inserter(plan.warnings));
    Problems problems = std::move(desires.problems);
    for (std::size_t i = 0; i < readings.size(); ++i) {
        Desired& desired = desires.desired[i];
        if (desired.pending) {
            plan.waiting.push_back(
                {.setting = desired.setting.full_name(),
                 .target = desired.candidate.target,
                 .wanted = readable(desired.setting.tunable->domain, desired.value),
                 .origin = desired.origin,
                 .message = "not there yet: apply again once it has started"});
        } else if (readings[i]) {
            sort_read(plan, std::move(desired), *std::move(readings[i]), active, rounded);
        } else if (has_just_ended(desired, readings[i])) {
            continue;
        } else if (!is_absence(readings[i].error().code) || desired.group.empty() ||
                   is_in_the_way[i] || !groups.contains(desired.group)) {
            sort_absent(plan, problems, std::move(desired), std::move(readings[i]).error());
        }
    }
    if (!problems.empty()) {
        return std::unexpected(std::move(problems));
    }
    std::ranges::move(returns.changes, std::back_inserter(plan.changes));
    return plan;
}

Result<Plan> returns_of(Stage stage, const std::set<Key>& wanted, const Catalog& catalog,
                        const Ledger& ledger, Survey& survey, const Foreseen& foreseen) {
    Plan plan;
    const bool is_first = stage == *std::begin(all_stages);  // says what concerns no stage
    const auto may_be_dropped = [&](const Touched& touched) {
        const auto setting = catalog.setting(touched.key.setting);
        return !touched.is_side_effect && (setting ? setting->bank->stage() == stage : is_first) &&
               !wanted.contains(touched.key);
    };
    if (std::ranges::none_of(ledger.applied(), [&](const Applied& applied) {
            return std::ranges::any_of(applied.touched, may_be_dropped);
        })) {
        return plan;
    }
    std::map<std::string, std::vector<std::string>> unknown;  // by plugin
    std::vector<Touched> dropped;
    std::vector<Place> places;
    for (Touched& touched : ledger.undoing_from(0)) {
        if (touched.is_side_effect || wanted.contains(touched.key) ||
            is_out_of_reach(touched.key, touched.bearer)) {
            continue;
        }
        const auto setting = catalog.setting(touched.key.setting);
        if (!setting) {
            unknown[touched.key.setting.substr(0, touched.key.setting.find('.'))].push_back(
                fmt::format("{} on {}", touched.key.setting, touched.key.target.text()));
        } else if (setting->bank->stage() == stage) {
            places.push_back({*setting, touched.key.target});
            dropped.push_back(std::move(touched));
        }
    }
    for (const auto& [plugin, names] : unknown) {
        if (is_first) {
            plan.warnings.push_back(stays_of(catalog, plugin, names));
        }
    }
    NT_TRY(auto readings, survey.read(places));
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Touched& touched = dropped[i];
        if (!readings[i] || requested_in(*readings[i]) == touched.before) {
            continue;  // gone, or at its baseline already
        }
        Candidate candidate = survey.candidate_of(places[i].setting, places[i].target);
        if (foreseen.takes(candidate)) {
            continue;
        }
        const Value now = requested_in(*readings[i]);
        const bool is_ours = !touched.got || now == *touched.got || now == touched.wanted;
        Change change{.desired = {.setting = places[i].setting,
                                  .candidate = std::move(candidate),
                                  .value = touched.before,
                                  .origin = {.file = "baseline"},
                                  .by_exact_name = true,
                                  .group = {},
                                  .missing = {},
                                  .as_requested = true},
                      .before = now,
                      .known_after = {},
                      .note = is_ours ? "no longer in the profile: back to what it was"
                                      : "no longer in the profile, but somebody else changed it"};
        (is_ours ? plan.changes : plan.overridden).push_back(std::move(change));
    }
    return plan;
}

void mark_unknown(Plan& whole) {
    std::map<std::pair<std::string, std::string>, std::string> reset;  // (setting, device) to cause
    for (const Change& change : whole.changes) {
        for (const std::string_view name :
             resets_of(*change.desired.setting.tunable, change.desired.candidate)) {
            reset.emplace(std::pair(std::string(name), change.desired.candidate.device),
                          change.desired.setting.full_name());
        }
    }
    const auto mark = [&](Change& change) {
        const auto cause =
            reset.find({change.desired.setting.full_name(), change.desired.candidate.device});
        if (cause != reset.end() && !change.desired.candidate.device.empty() &&
            !change.desired.coming) {
            change.known_after = cause->second;
        }
    };
    std::ranges::for_each(whole.changes, mark);
    std::ranges::for_each(whole.unchanged, mark);
}

}  // namespace nanotune
