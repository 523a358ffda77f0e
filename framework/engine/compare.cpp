#include "engine/compare.hpp"

#include <utility>

#include <fmt/format.h>

#include "engine/check.hpp"
#include "engine/consent.hpp"
#include "engine/devices.hpp"
#include "engine/reach.hpp"
#include "engine/readable.hpp"

namespace nanotune {
namespace {

std::string printed_value(const SettingRef& setting, const Value& value) {
    return readable(setting.tunable->domain, value);
}

/// Before the host was asked. `setting` is nullptr where no plugin has it.
Row row_of(const Key& key, const HeldValue& held, const SettingRef* setting) {
    return {.setting = key.setting,
            .target = key.target,
            .before = {},
            .wanted = setting != nullptr ? printed_value(*setting, held.wanted)
                                         : readable(text(), held.wanted),
            .got = {},
            .outcome = held.bearer.fate == Fate::away      ? Outcome::away
                       : held.bearer.fate == Fate::no_more ? Outcome::gone
                                                           : Outcome::unchanged,
            .impact = setting != nullptr ? setting->tunable->impact : Impact::none,
            .origin = Origin::from(held.origin),
            .message = fate_of(held.bearer)};
}

}  // namespace

std::string device_of(const Key& key, const HeldValue& held) {
    return held.bearer.device.is_known() ? held.bearer.device->name
                                         : std::string(key.target.device());
}

void compare_held(const Applied& active, const Catalog& catalog, Survey& survey,
                  const HeldFilter& looks_at, Report& report) {
    std::vector<Place> places;
    std::vector<const std::pair<const Key, HeldValue>*> held;
    places.reserve(active.held.size());
    held.reserve(active.held.size());
    report.rows.reserve(report.rows.size() + active.held.size());
    for (const auto& entry : active.held) {
        if (looks_at && !looks_at(entry.first, entry.second)) {
            continue;
        }
        auto setting = catalog.setting(entry.first.setting);
        if (is_out_of_reach(entry.first, entry.second.bearer)) {
            report.rows.push_back(row_of(entry.first, entry.second, setting ? &*setting : nullptr));
        } else if (setting) {
            places.push_back({*setting, entry.first.target});
            held.push_back(&entry);
        } else {
            report.problems.push_back(std::move(setting).error());
            report.exit = worse(report.exit, Exit::differs);
        }
    }
    const auto readings = survey.read(places);
    if (!readings) {
        report.problems.push_back(readings.error());
        report.exit = worse(report.exit, Exit::lock_or_timeout);
        return;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& [key, value] = *held[i];
        Row& row = report.rows.emplace_back(row_of(key, value, &places[i].setting));
        const Result<Reading>& reading = (*readings)[i];
        if (!reading && is_of_offline_cpu(key.target, survey)) {
            row.outcome = Outcome::away;
            row.message = joined(row.message, "its CPU is offline");
        } else if (!reading) {
            row.outcome =
                reading.error().code == ErrorCode::not_found ? Outcome::gone : Outcome::differs;
            row.message = joined(row.message, reading.error().message);
        } else {
            row.got = printed_value(places[i].setting, reading->value);
            row.message = joined(row.message, reading->note);
            const Tunable& tunable = *places[i].setting.tunable;
            if (tunable.check_only && reading->value == value.wanted) {
                row.outcome = Outcome::unchanged;
            } else if (tunable.check_only && value.got != value.wanted) {
                row.outcome = failed_check(tunable);
            } else if (reading->value == value.got) {
                row.outcome = reading->pending            ? Outcome::pending
                              : value.got != value.wanted ? Outcome::adjusted
                                                          : row.outcome;
            } else if (const auto other =
                           taken_over(key, value.bearer, places[i].setting, survey)) {
                row.outcome = Outcome::gone;
                row.got.clear();
                row.message = why_taken(*other);
            } else {
                row.outcome = Outcome::differs;
                row.allow =
                    allow_words(tunable, survey.candidate_of(places[i].setting, key.target));
                // Why what was asked for is not in force comes before what it was.
                row.message = joined(
                    reading->requested ? row.message : fate_of(value.bearer),
                    fmt::format("was {} after apply", printed_value(places[i].setting, value.got)));
            }
        }
    }
}

}  // namespace nanotune
