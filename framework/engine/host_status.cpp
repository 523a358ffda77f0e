#include "engine/host_status.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/engine.hpp"
#include "engine/plan_report.hpp"
#include "engine/readable.hpp"

namespace nanotune {

namespace {

std::chrono::system_clock::time_point wall_deadline_of(const Applied& applied) {
    return std::chrono::system_clock::from_time_t(static_cast<std::time_t>(applied.confirm_by));
}

/// What is left until the deadline. The wall clock may have been set since.
std::chrono::milliseconds time_left(const Applied& applied, const Moment& now) {
    const std::chrono::milliseconds by_boot(applied.confirm_by_boot);
    return by_boot.count() != 0
               ? by_boot - now.since_boot
               : std::chrono::ceil<std::chrono::milliseconds>(wall_deadline_of(applied) - now.wall);
}

}  // namespace

HostState state_of(const Result<JournalView>& view, const Moment& now) {
    return view && view->at_work.empty() ? state_of(view->ledger, now) : HostState::unknown;
}

HostState state_of(const Ledger& ledger, const Moment& now) {
    if (ledger.open() != nullptr) {
        return HostState::interrupted;
    }
    const Applied* active = ledger.active();
    const bool is_degraded = std::ranges::any_of(
        ledger.applied(), [](const Applied& applied) { return applied.is_failed; });
    if (active != nullptr && active->is_awaiting) {
        return time_left(*active, now).count() > 0 ? HostState::awaiting_confirmation
                                                   : HostState::overdue;
    }
    const bool is_known =
        active == nullptr ? ledger.lost().empty() : !ledger.has_lost_since(active->id);
    if (!is_known || is_degraded || (active != nullptr && active->is_degraded)) {
        return HostState::degraded;
    }
    return active == nullptr ? HostState::clean : HostState::tuned;
}

std::string work_of(const std::string& at_work) {
    return fmt::format("{} is at work: what it does has no end yet; ask again", at_work);
}

std::string interruption_of(const Ledger& ledger) {
    const Applied* open = ledger.open();
    return open == nullptr ? std::string()
                           : fmt::format("{} of {}, begun {}, was cut off", ledger.open_kind(),
                                         open->profile, open->started);
}

std::string deadline_of(const Applied& applied, const Moment& now) {
    constexpr std::chrono::seconds slack{2};  // the deadline as it was told is rounded
    const auto told = wall_deadline_of(applied);
    const auto today = now.wall + time_left(applied, now);
    return timestamp(std::chrono::abs(today - told) < slack ? told : today);
}

std::string missed_confirmation_of(const Applied& applied, const Moment& now) {
    return fmt::format("{} had to be confirmed by {}, and nobody did", applied.profile,
                       deadline_of(applied, now));
}

std::vector<std::string> texts_of(const std::vector<Override>& overrides) {
    std::vector<std::string> texts;
    texts.reserve(overrides.size());
    for (const Override& override : overrides) {
        texts.push_back(fmt::format("{}={}", override.name, override.value));
    }
    return texts;
}

std::vector<Override> overrides_of(const std::vector<std::string>& texts) {
    std::vector<Override> overrides;
    for (const std::string& text : texts) {
        const std::size_t equals = std::min(text.find('='), text.size());
        overrides.push_back({.name = text.substr(0, equals),
                             .value = text.substr(std::min(equals + 1, text.size()))});
    }
    return overrides;
}

std::string loss_of(const record::Lost& lost) {
    return fmt::format(
        "part of the journal is lost, {}: what it held is not known and cannot be "
        "restored{}{}",
        lost.why, lost.kept_in.empty() ? "" : "; the damaged file is kept as ", lost.kept_in);
}

std::string left_behind(std::size_t count) {
    return fmt::format(
        "{} left, as somebody else set {} since or the device was away; nanotune rollback --force "
        "restores what was before nanotune",
        count == 1 ? "1 setting is" : fmt::format("{} settings are", count),
        count == 1 ? "it" : "them");
}

namespace {

std::string printed(const Catalog& catalog, const std::string& name, const Value& value) {
    const auto setting = catalog.setting(name);
    return readable(setting ? setting->tunable->domain : text(), value);
}

/// What rollbacks left as somebody else set it.
std::vector<Row> left_rows(const Ledger& ledger, const Catalog& catalog) {
    std::vector<Row> rows;
    for (const Touched& left : ledger.left()) {
        const std::string& name = left.key.setting;
        rows.push_back({.setting = name,
                        .target = left.key.target,
                        .before = printed(catalog, name, left.before),
                        .wanted = printed(catalog, name, left.before),
                        .got = printed(catalog, name, left.got.value_or(left.wanted)),
                        .outcome = Outcome::overridden,
                        .origin = {.file = "journal"},
                        .message = {}});
    }
    return rows;
}

/// As it was when it was applied. A check that did not hold is none that is held.
Outcome outcome_of(const HeldValue& held, const Result<SettingRef>& setting) {
    const bool is_check = setting && setting->tunable->check_only;
    return held.got == held.wanted ? Outcome::unchanged
           : is_check              ? failed_check(*setting->tunable)
                                   : Outcome::adjusted;
}

/// What the active profile holds, with what was there before nanotune.
std::vector<Row> held_rows(const Applied& active, const Ledger& ledger, const Catalog& catalog) {
    std::map<Key, Value> baselines;
    for (Touched& touched : ledger.undoing_from(0)) {
        baselines.emplace(std::move(touched.key), std::move(touched.before));
    }
    std::vector<Row> rows;
    for (const auto& [key, held] : active.held) {
        const auto baseline = baselines.find(key);
        rows.push_back(
            {.setting = key.setting,
             .target = key.target,
             .before = printed(catalog, key.setting,
                               baseline == baselines.end() ? held.got : baseline->second),
             .wanted = printed(catalog, key.setting, held.wanted),
             .got = printed(catalog, key.setting, held.got),
             .outcome = outcome_of(held, catalog.setting(key.setting)),
             .origin = Origin::from(held.origin),
             .message = {}});
    }
    return rows;
}

/// What earlier applies changed, no profile wants any more, and no plugin that is here can return.
std::vector<Row> stranded(const Ledger& ledger, const Catalog& catalog) {
    std::set<Key> known;
    for (const Touched& left : ledger.left()) {
        known.insert(left.key);
    }
    const Applied* active = ledger.active();
    std::vector<Row> rows;
    for (const Touched& touched : ledger.undoing_from(0)) {
        const bool is_held = active != nullptr && active->held.contains(touched.key);
        const Value& now = touched.got ? *touched.got : touched.wanted;
        if (touched.is_side_effect || is_held || known.contains(touched.key) ||
            now == touched.before) {
            continue;
        }
        if (auto setting = catalog.setting(touched.key.setting); !setting) {
            rows.push_back({.setting = touched.key.setting,
                            .target = touched.key.target,
                            .before = readable(text(), touched.before),
                            .wanted = readable(text(), touched.before),
                            .got = readable(text(), now),
                            .outcome = Outcome::unsupported,
                            .origin = {.file = "journal"},
                            .message = std::move(setting).error().message});
        }
    }
    return rows;
}

}  // namespace

HostStatus Engine::status() {
    HostStatus status;
    const auto view = this->view();
    if (!view) {
        status.state = HostState::unknown;
        status.notes.push_back(view.error().message);
        return status;
    }
    status.state = state_of(view, parts_.now());
    status.notes = view->notes;
    status.interrupted = view->at_work.empty() ? interruption_of(view->ledger) : std::string();
    status.applies = view->ledger.applies();
    status.left = left_rows(view->ledger, parts_.catalog);
    if (!status.left.empty()) {
        status.notes.push_back(left_behind(status.left.size()));
    }
    const Applied* active = view->ledger.active();
    status.stranded = stranded(view->ledger, parts_.catalog);
    if (!status.stranded.empty()) {
        status.notes.push_back(fmt::format(
            "{} no longer in the profile, but the plugin is not there to put {} back: "
            "install it again, and the next apply, or nanotune rollback --all, does",
            status.stranded.size() == 1 ? "1 setting is"
                                        : fmt::format("{} settings are", status.stranded.size()),
            status.stranded.size() == 1 ? "it" : "them"));
    }
    if (active == nullptr) {
        return status;
    }
    status.profile = active->profile;
    status.overrides = overrides_of(active->overrides);
    status.profile_hash = active->profile_hash;
    status.applied_at = active->started;
    if (active->is_awaiting) {
        status.confirm_by = deadline_of(*active, parts_.now());
    }
    status.is_guarded = active->is_awaiting && is_running(active->guard);
    if (status.state == HostState::awaiting_confirmation && !status.is_guarded) {
        status.notes.emplace_back(
            "its guard has gone: nobody rolls it back at that time, only the next apply or "
            "rollback after it");
    } else if (status.state == HostState::overdue) {
        status.notes.push_back(
            missed_confirmation_of(*active, parts_.now()) +
            (status.is_guarded ? "; its guard is at work: ask again"
                               : "; its guard has gone: the next apply or rollback takes it back"));
    }
    status.rows = held_rows(*active, view->ledger, parts_.catalog);
    status.settings_held = static_cast<std::size_t>(
        std::ranges::count_if(status.rows, [](const Row& row) { return is_success(row.outcome); }));
    return status;
}

}  // namespace nanotune
