#include "engine/status_rows.hpp"

#include <algorithm>
#include <utility>

#include "engine/check.hpp"
#include "engine/consent.hpp"
#include "engine/devices.hpp"
#include "engine/readable.hpp"

namespace nanotune {
namespace {

std::string printed(const Catalog& catalog, const std::string& name, const Value& value) {
    const auto setting = catalog.setting(name);
    return readable(setting ? setting->tunable->domain : text(), value);
}

/// As it was when it was applied. A check that did not hold is none that is held.
Outcome outcome_of(const HeldValue& held, const Result<SettingRef>& setting) {
    const bool is_check = setting && setting->tunable->check_only;
    return held.got == held.wanted ? Outcome::unchanged
           : is_check              ? failed_check(*setting->tunable)
                                   : Outcome::adjusted;
}

/// What of it is there now; nothing where nobody asked, or where it cannot be read.
class Presence {
  public:
    Presence(const std::vector<Touched>& left, const Catalog& catalog, Survey* survey) {
        std::vector<Place> places;
        std::vector<Key> keys;
        for (const Touched& one : left) {
            const auto setting = catalog.setting(one.key.setting);
            if (setting && !is_out_of_reach(one.key, one.bearer)) {
                places.push_back({*setting, one.key.target});
                keys.push_back(one.key);
            }
        }
        const auto readings =
            survey == nullptr ? Result<std::vector<Result<Reading>>>() : survey->read(places);
        for (std::size_t i = 0; readings && i < readings->size(); ++i) {
            const bool is_there = (*readings)[i].has_value();
            if (is_there || (*readings)[i].error().code == ErrorCode::not_found) {
                (is_there ? there_ : ended_).insert(keys[i]);
            }
        }
    }

    [[nodiscard]] bool is_there(const Touched& left) const { return there_.contains(left.key); }
    [[nodiscard]] bool has_ended(const Touched& left) const { return ended_.contains(left.key); }

  private:
    KeySet there_;
    KeySet ended_;
};

/// What is there to be said of it, and what it counts as.
std::pair<Outcome, std::string> standing_of(const Touched& left, const Presence& presence) {
    if (!left.is_away) {
        return {Outcome::overridden, fate_of(left.bearer)};
    }
    if (left.bearer.fate == Fate::no_more) {
        return {Outcome::gone, fate_of(left.bearer) + ": rollback forgets it"};
    }
    return presence.is_there(left)
               ? std::pair(Outcome::not_done,
                           joined(fate_of(left.bearer), "it is back: rollback restores it"))
               : std::pair(Outcome::away, fate_of(left.bearer));
}

/// What earlier applies changed, and neither the active profile wants nor a rollback left.
std::vector<Touched> unwanted(const Ledger& ledger) {
    KeySet known;
    for (const Touched& left : ledger.left()) {
        known.insert(left.key);
    }
    const Applied* active = ledger.active();
    const auto may_be_unwanted = [&](const Touched& touched) {
        const bool is_held = active != nullptr && active->held.contains(touched.key);
        return !touched.is_side_effect && !is_held && !known.contains(touched.key);
    };
    std::vector<Touched> all;
    if (std::ranges::any_of(ledger.each_touched(),
                            [&](const Touched* each) { return may_be_unwanted(*each); }) ||
        (ledger.open() != nullptr &&
         std::ranges::any_of(ledger.open()->touched, may_be_unwanted))) {
        all = ledger.undoing_from(0);
    }
    std::erase_if(all, [&](const Touched& touched) {
        return !may_be_unwanted(touched) || !touched.may_hold_ours();
    });
    return all;
}

Row row_of_unwanted(const Touched& touched, const Catalog& catalog, Outcome outcome,
                    std::string message) {
    const std::string& name = touched.key.setting;
    return {.setting = name,
            .target = touched.key.target,
            .before = printed(catalog, name, touched.before),
            .wanted = printed(catalog, name, touched.before),
            .got = printed(catalog, name, touched.got.value_or(touched.wanted)),
            .outcome = outcome,
            .origin = {.file = "journal"},
            .message = std::move(message)};
}

}  // namespace

std::vector<Row> left_rows(const Ledger& ledger, const Catalog& catalog, Survey* survey) {
    const std::vector<Touched> all = ledger.left();
    const Presence presence(all, catalog, survey);
    std::vector<Row> rows;
    for (const Touched& left : all) {
        if (!left.is_away && presence.has_ended(left)) {
            continue;
        }
        auto [outcome, message] = standing_of(left, presence);
        rows.push_back(row_of_unwanted(left, catalog, outcome, std::move(message)));
    }
    return rows;
}

std::vector<Row> held_rows(const Applied& active, const Ledger& ledger, const Catalog& catalog) {
    std::vector<Row> rows;
    for (const auto& [key, held] : active.held) {
        const Value* const baseline = ledger.baseline_of(key);
        const auto setting = catalog.setting(key.setting);
        rows.push_back(
            {.setting = key.setting,
             .target = key.target,
             .before = printed(catalog, key.setting, baseline == nullptr ? held.got : *baseline),
             .wanted = printed(catalog, key.setting, held.wanted),
             .got = printed(catalog, key.setting, held.got),
             .outcome = outcome_of(held, setting),
             .origin = Origin::from(held.origin),
             .message = fate_of(held.bearer),
             .allow = setting ? allow_words(*setting->tunable, {}) : std::string()});
    }
    return rows;
}

std::vector<Row> away_rows(const Ledger& ledger, const Catalog& catalog) {
    std::vector<Row> rows;
    for (const Touched& touched : unwanted(ledger)) {
        if (touched.bearer.fate == Fate::away) {
            rows.push_back(
                row_of_unwanted(touched, catalog, Outcome::away, fate_of(touched.bearer)));
        }
    }
    return rows;
}

std::vector<Row> stranded_rows(const Ledger& ledger, const Catalog& catalog) {
    std::vector<Row> rows;
    for (const Touched& touched : unwanted(ledger)) {
        if (auto setting = catalog.setting(touched.key.setting); !setting) {
            rows.push_back(row_of_unwanted(touched, catalog, Outcome::unsupported,
                                           std::move(setting).error().message));
        }
    }
    return rows;
}

}  // namespace nanotune
