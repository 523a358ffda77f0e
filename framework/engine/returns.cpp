#include "engine/returns.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/carried.hpp"
#include "engine/devices.hpp"
#include "engine/reach.hpp"
#include "engine/stage_plan.hpp"

namespace nanotune {
namespace {

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

std::size_t place_of(Stage stage) {
    return static_cast<std::size_t>(stage);
}

}  // namespace

Returns::Returns(const Ledger& ledger, const Catalog& catalog, Survey& survey)
    : ledger_(ledger), catalog_(catalog), survey_(survey) {
    for (const Touched* touched : ledger.each_touched()) {
        if (!touched->is_side_effect) {
            // What no plugin has any more concerns no stage, and is said at the first.
            const auto setting = catalog_.setting(touched->key.setting);
            const Stage stage = setting ? setting->bank->stage() : *std::begin(all_stages);
            spots_.at(place_of(stage))
                .push_back({.tunable = setting ? setting->tunable : nullptr,
                            .target = touched->key.target,
                            .device = touched->key.device});
        }
    }
}

Result<Plan> Returns::of(Stage stage, const Wanted& wanted, const Foreseen& foreseen,
                         const ByKey<Value>& planned) const {
    Plan plan;
    if (std::ranges::all_of(spots_.at(place_of(stage)),
                            [&](const SpotView& spot) { return wanted.contains(spot); })) {
        return plan;
    }
    std::map<std::string, std::vector<std::string>> unknown;  // by plugin
    std::vector<Touched> dropped;
    std::vector<Place> places;
    std::vector<bool> follows;  // what the profile still wants
    const Carried carried(wanted.keys(), planned, catalog_);
    // What the profile in force has made of it is no other's to take back.
    const auto is_taken_along = [&, active = ledger_.active()](const Key& key) {
        const Touched* const latest = active == nullptr ? nullptr : active->find(key);
        return latest != nullptr && latest->is_side_effect && carried.takes_along(key);
    };
    for (Touched& touched : undoing_from(ledger_, 0, catalog_)) {
        if (touched.is_side_effect || wanted.contains(touched.key) ||
            is_out_of_reach(touched.key, touched.bearer) || is_taken_along(touched.key)) {
            continue;
        }
        const auto setting = catalog_.setting(touched.key.setting);
        if (!setting) {
            unknown[touched.key.setting.substr(0, touched.key.setting.find('.'))].push_back(
                fmt::format("{} on {}", touched.key.setting, touched.key.target.text()));
        } else if (setting->bank->stage() == stage) {
            NT_TRY(auto followed, carried.value_for(touched, ledger_, survey_));
            follows.push_back(followed.has_value());
            touched.before = std::move(followed).value_or(std::move(touched.before));
            places.push_back({*setting, touched.key.target});
            dropped.push_back(std::move(touched));
        }
    }
    for (const auto& [plugin, names] : unknown) {
        if (stage == *std::begin(all_stages)) {
            plan.warnings.push_back(stays_of(catalog_, plugin, names));
        }
    }
    NT_TRY(auto readings, survey_.read(places));
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Touched& touched = dropped[i];
        if (!readings[i] || requested_in(*readings[i]) == touched.before) {
            continue;  // gone, or at its baseline already
        }
        if (taken_over(touched.key, touched.bearer, places[i].setting, survey_)) {
            continue;
        }
        Candidate candidate = survey_.candidate_of(places[i].setting, places[i].target);
        if (foreseen.takes(candidate)) {
            continue;
        }
        const Value now = requested_in(*readings[i]);
        const bool is_ours = !touched.got || now == *touched.got || now == touched.wanted ||
                             touched.has_put_back(now);
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
                      .note = follows[i] ? "no longer in the profile: as what it follows"
                              : is_ours  ? "no longer in the profile: back to what it was"
                                        : "no longer in the profile, but somebody else changed it"};
        (is_ours ? plan.changes : plan.overridden).push_back(std::move(change));
    }
    return plan;
}

void leave_what_is_held(Plan& returns, const Applied* active) {
    const auto is_not_held = [active](const Change& change) {
        return active == nullptr || !active->held.contains(key_in(change.desired));
    };
    const auto kept = std::ranges::stable_partition(returns.changes, is_not_held);
    for (Change& change : kept) {
        change.note = "its table no longer finds it: it stays until somebody applies the profile";
        returns.overridden.push_back(std::move(change));
    }
    returns.changes.erase(kept.begin(), kept.end());
}

void add_returns(Plan& plan, std::vector<Change> returns) {
    if (returns.empty()) {
        return;
    }
    std::set<std::string> named;
    for (const auto* changes : {&plan.changes, &plan.unchanged}) {
        for (const Change& change : *changes) {
            named.insert(change.desired.candidate->target.text());
        }
    }
    const auto stays = [&named](const Change& change) {
        return change.desired.setting.bank->stage() != Stage::datapath ||
               named.contains(change.desired.candidate->target.text());
    };
    const auto ending = std::ranges::stable_partition(returns, stays);
    plan.changes.insert(plan.changes.begin(), std::make_move_iterator(ending.begin()),
                        std::make_move_iterator(ending.end()));
    plan.changes.insert(plan.changes.end(), std::make_move_iterator(returns.begin()),
                        std::make_move_iterator(ending.begin()));
}

}  // namespace nanotune
