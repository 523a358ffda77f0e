#include "engine/returns.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/carried.hpp"
#include "engine/devices.hpp"
#include "engine/reach.hpp"

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

/// Who switches between two profiles has applied the same settings over and over.
bool touch_the_same(const Applied& one, const Applied& other) {
    return std::ranges::equal(one.touched, other.touched, [](const Touched& a, const Touched& b) {
        return a.is_side_effect == b.is_side_effect && a.key == b.key;
    });
}

}  // namespace

Result<Plan> returns_of(Stage stage, const std::set<Key>& wanted, const Catalog& catalog,
                        const Ledger& ledger, Survey& survey, const Foreseen& foreseen,
                        const std::map<Key, Value>& planned) {
    Plan plan;
    const bool is_first = stage == *std::begin(all_stages);  // says what concerns no stage
    const auto may_be_dropped = [&](const Touched& touched) {
        const auto setting = catalog.setting(touched.key.setting);
        return !touched.is_side_effect && (setting ? setting->bank->stage() == stage : is_first) &&
               !wanted.contains(touched.key);
    };
    const Applied* before = nullptr;
    if (std::ranges::none_of(ledger.applied(), [&](const Applied& applied) {
            const bool is_known = before != nullptr && touch_the_same(*before, applied);
            before = &applied;
            return !is_known && std::ranges::any_of(applied.touched, may_be_dropped);
        })) {
        return plan;
    }
    std::map<std::string, std::vector<std::string>> unknown;  // by plugin
    std::vector<Touched> dropped;
    std::vector<Place> places;
    std::vector<bool> follows;  // what the profile still wants
    const Carried carried(wanted, planned, catalog);
    // What the profile in force has made of it is no other's to take back.
    const auto is_taken_along = [&, active = ledger.active()](const Key& key) {
        const Touched* const latest = active == nullptr ? nullptr : active->find(key);
        return latest != nullptr && latest->is_side_effect && carried.takes_along(key);
    };
    for (Touched& touched : undoing_from(ledger, 0, catalog)) {
        if (touched.is_side_effect || wanted.contains(touched.key) ||
            is_out_of_reach(touched.key, touched.bearer) || is_taken_along(touched.key)) {
            continue;
        }
        const auto setting = catalog.setting(touched.key.setting);
        if (!setting) {
            unknown[touched.key.setting.substr(0, touched.key.setting.find('.'))].push_back(
                fmt::format("{} on {}", touched.key.setting, touched.key.target.text()));
        } else if (setting->bank->stage() == stage) {
            NT_TRY(auto followed, carried.value_for(touched, ledger, survey));
            follows.push_back(followed.has_value());
            touched.before = std::move(followed).value_or(std::move(touched.before));
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
        if (taken_over(touched.key, touched.bearer, places[i].setting, survey)) {
            continue;
        }
        Candidate candidate = survey.candidate_of(places[i].setting, places[i].target);
        if (foreseen.takes(candidate)) {
            continue;
        }
        const Value now = requested_in(*readings[i]);
        const bool is_ours =
            !touched.got || now == *touched.got || now == touched.wanted || now == touched.put_back;
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

}  // namespace nanotune
