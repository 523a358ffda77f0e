// Comparing the host with what was applied, or with a profile. Never writes.
#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/compare.hpp"
#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/refusal.hpp"
#include "engine/stage_plan.hpp"
#include "engine/status_rows.hpp"

namespace nanotune {
namespace {

/// "--set a=1 --set b=2"
std::string said_of(const std::vector<std::string>& overrides) {
    return overrides.empty() ? "without --set"
                             : fmt::format("with --set {}", fmt::join(overrides, " --set "));
}

/// A process, or what is of one. What has started in its place only a profile can tell.
bool has_ended(const Row& row, const Catalog& catalog) {
    if (row.outcome != Outcome::gone) {
        return false;
    }
    const auto setting = catalog.setting(row.setting);
    return row.target.kind == "process" ||
           (setting && setting->plugin->selector == Selector::label);
}

std::string_view plugin_of(const Row& row) {
    return std::string_view(row.setting).substr(0, row.setting.find('.'));
}

/// Rows of what the profile selects now, where what it selected then has ended, take the place of
/// those.
void replace_ended(Report& held, const Report& profile, const Catalog& catalog) {
    std::set<std::string, std::less<>> plugins;
    std::set<std::pair<std::string, Target>> known;
    for (const Row& row : held.rows) {
        if (has_ended(row, catalog)) {
            plugins.emplace(plugin_of(row));
            held.notes.push_back(
                fmt::format("{} on {}: {}", row.setting, row.target.text(), row.message));
        } else {
            known.emplace(row.setting, row.target);
        }
    }
    std::erase_if(held.rows, [&](const Row& row) { return has_ended(row, catalog); });
    std::ranges::copy_if(profile.rows, std::back_inserter(held.rows), [&](const Row& row) {
        return plugins.contains(plugin_of(row)) && !known.contains({row.setting, row.target});
    });
}

void add_exit(Report& report) {
    for (const Row& row : report.rows) {
        if (!is_success(row.outcome)) {
            report.exit =
                worse(report.exit,
                      row.outcome == Outcome::needs_reboot ? Exit::reboot_needed : Exit::differs);
        }
    }
}

/// What the journal alone says of how the host stands.
void add_standing(const JournalView& view, const Moment& now, Report& report) {
    report.notes = view.notes;
    const bool is_open = view.ledger.open() != nullptr;
    if (!view.at_work.empty()) {
        report.exit = worse(report.exit, Exit::lock_or_timeout);
    } else if (is_open) {
        report.notes.push_back(fmt::format(
            "a transaction is open: {}; apply or rollback restores every old value{}",
            interruption_of(view.ledger),
            view.ledger.has_lost_since(view.ledger.open_undoes()) ? " that is known" : ""));
        report.exit = worse(report.exit, Exit::differs);
    }
    if (report.state == HostState::degraded) {
        report.notes.emplace_back("not all of what was to be held or restored is: see status");
        report.exit = worse(report.exit, Exit::differs);
    }
    if (const Applied* active = view.ledger.active()) {
        report.profile = active->profile;
        if (report.state == HostState::overdue) {
            report.notes.push_back(missed_confirmation_of(*active, now) +
                                   "; apply or rollback takes it back");
            report.exit = worse(report.exit, Exit::differs);
        }
    } else if (view.at_work.empty() && !is_open) {  // else what will be applied is not known yet
        report.notes.emplace_back("nothing is applied; name a profile to compare the host with it");
    }
}

/// Of an apply that stands: optional, and the write told that it cannot be.
bool was_tried_in_vain(const Applied& active, const Change& change) {
    const Key key = key_of(change.desired);
    const Touched* const touched = active.find(key);
    return change.desired.optional && !active.is_degraded && touched != nullptr &&
           !touched->is_side_effect && !active.held.contains(key) &&
           touched->wanted == change.desired.value;
}

void leave_out_what_cannot_be(const Applied& active, Plan& plan) {
    const auto in_vain = std::ranges::stable_partition(
        plan.changes, [&](const Change& change) { return !was_tried_in_vain(active, change); });
    for (Change& change : in_vain) {
        change.note = "this host turned out not to have it when it was applied";
        plan.unsupported.push_back(std::move(change));
    }
    plan.changes.erase(in_vain.begin(), in_vain.end());
}

}  // namespace

/// Where that is not the profile any more that was applied, or cannot be read, what has ended stays
/// what it is.
void Engine::look_for_successors(const Applied& active, const AppliedProfile& again,
                                 Report& report) {
    if (!again || std::ranges::none_of(report.rows, [this](const Row& row) {
            return has_ended(row, parts_.catalog);
        })) {
        return;
    }
    const auto profile =
        again({.name = active.profile, .overrides = overrides_of(active.overrides)});
    const bool is_as_applied = profile && profile->hash == active.profile_hash;
    const Report now = is_as_applied ? compared(*profile, view()) : Report{};
    if (is_as_applied && now.problems.empty()) {
        replace_ended(report, now, parts_.catalog);
        return;
    }
    report.notes.push_back(fmt::format(
        "what has started since in the place of what has ended is not looked for: {}",
        !profile         ? profile.error().front().message
        : !is_as_applied ? active.profile + " is another profile now than the one applied"
                         : now.problems.front().message));
}

/// The plan, as what is so.
Report Engine::compared(const ResolvedProfile& profile, const Result<JournalView>& recorded) {
    auto plan = this->plan(profile, recorded);
    if (const Applied* active = recorded ? recorded->ledger.active() : nullptr; active && plan) {
        leave_out_what_cannot_be(*active, *plan);
    }
    Report report = told(plan, profile, recorded);
    report.verb = "verify";
    for (Row& row : report.rows) {
        row.outcome = row.outcome == Outcome::not_done ? Outcome::differs : row.outcome;
    }
    return report;
}

Report Engine::verify(const ResolvedProfile* profile, const AppliedProfile& again) {
    return profile != nullptr ? verify_profile(*profile) : verify_held(again);
}

Report Engine::verify_profile(const ResolvedProfile& profile) {
    const auto view = this->view();
    Report report = compared(profile, view);
    const Applied* active = view ? view->ledger.active() : nullptr;
    if (active != nullptr && active->profile == profile.name &&
        active->overrides != texts_of(profile.overrides)) {
        report.notes.push_back(fmt::format("{} is applied {}, and compared {}", active->profile,
                                           said_of(active->overrides),
                                           said_of(texts_of(profile.overrides))));
    }
    return report;
}

Report Engine::verify_held(const AppliedProfile& again) {
    Report report;
    report.verb = "verify";
    auto view = this->view();
    report.state = state_of(view, parts_.now());
    if (!view) {
        report.problems.push_back(std::move(view).error());
        report.exit = Exit::refused;
        return report;
    }
    add_standing(*view, parts_.now(), report);
    const Applied* active = view->ledger.active();
    if (active == nullptr) {
        return report;
    }
    if (const Status done = compare_held(view->ledger, report); !done) {
        return refused(std::move(report), {done.error()});
    }
    look_for_successors(*active, again, report);
    add_exit(report);
    return report;
}

/// A call that hangs may still use what it was given, when this has returned.
Status Engine::compare_held(const Ledger& recorded, Report& report) {
    const auto held = std::make_shared<Report>(report);
    const auto ledger = std::make_shared<Ledger>(recorded);
    NT_CHECK(looked([this, held, ledger] {
        Survey survey(calls_);
        if (const Status followed = follow_devices(*ledger, parts_.catalog, survey); !followed) {
            held->notes.push_back(by_names_only(followed.error()));
        }
        nanotune::compare_held(*ledger->active(), parts_.catalog, survey, {}, *held);
        std::ranges::move(left_behind(0, away_rows(*ledger, parts_.catalog).size()),
                          std::back_inserter(held->notes));
    }));
    report = std::move(*held);
    return {};
}

}  // namespace nanotune
