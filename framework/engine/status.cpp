// The verb that says what is held, and how that stands.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/drift_notes.hpp"
#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/repairable.hpp"
#include "engine/status_rows.hpp"

namespace nanotune {

namespace {

std::string unguarded(HostState state, DaemonHere daemon) {
    const bool is_installed = daemon == DaemonHere::installed;
    if (state == HostState::overdue) {
        return is_installed
                   ? "the next apply or rollback takes it back, and so does nanotuned once "
                     "it is started"
                   : "the next apply or rollback takes it back";
    }
    return is_installed ? "nobody rolls it back at that time but nanotuned, once it is started, or "
                          "the next apply or rollback after it"
                        : "nobody rolls it back at that time, only the next apply or rollback "
                          "after it";
}

}  // namespace

/// As its devices are called now, with what rollbacks left.
Ledger Engine::looked_at(const Ledger& recorded, HostStatus& status) {
    struct Look {
        Survey survey;
        Ledger ledger;
        Status followed = {};
        std::vector<Row> left = {};
    };
    const auto look = std::make_shared<Look>(Look{.survey = Survey(calls_), .ledger = recorded});
    // Who asks for the status may do so because something hangs.
    const auto patience = std::min(parts_.looking_time, std::chrono::milliseconds(5'000));
    Status done = calls_.supervised(patience, [this, look] {
        look->followed = follow_devices(look->ledger, parts_.catalog, look->survey);
        look->left = left_rows(look->ledger, parts_.catalog, &look->survey);
        std::ranges::move(away_rows(look->ledger, parts_.catalog), std::back_inserter(look->left));
    });
    if (done) {
        done = look->followed;
    }
    if (!done) {
        status.notes.push_back(by_names_only(done.error()));
    }
    status.left = done ? std::move(look->left) : left_rows(recorded, parts_.catalog, nullptr);
    const auto count = [&status](auto is_counted) {
        return static_cast<std::size_t>(std::ranges::count_if(status.left, is_counted));
    };
    for (std::string& note :
         left_behind(count([](const Row& row) { return row.outcome == Outcome::overridden; }),
                     count([](const Row& row) { return row.outcome == Outcome::away; }))) {
        status.notes.push_back(std::move(note));
    }
    if (!done) {
        return recorded;
    }
    return std::move(look->ledger);
}

/// Whoever watches over what awaits confirmation, or what becomes of it.
void Engine::add_guard(const Applied& active, HostStatus& status) const {
    const bool has_guard = parts_.is_guard || is_running(active.guard);
    const DaemonHere daemon = active.is_awaiting && !has_guard ? parts_.daemon() : DaemonHere::none;
    status.is_guarded = active.is_awaiting && (has_guard || daemon == DaemonHere::running);
    const std::string gone = "its guard has gone: " + unguarded(status.state, daemon);
    if (status.state == HostState::awaiting_confirmation && !status.is_guarded) {
        status.notes.push_back(gone);
    } else if (status.state == HostState::overdue) {
        status.notes.push_back(
            fmt::format("{}; {}", missed_confirmation_of(active, parts_.now()),
                        status.is_guarded ? "its guard is at work: ask again" : gone));
    }
}

HostStatus Engine::in_force() const {
    const auto view = this->view();
    HostStatus status;
    status.state = view ? state_of(view, parts_.now()) : HostState::unknown;
    if (const Applied* active = view ? view->ledger.active() : nullptr; active != nullptr) {
        status.profile = active->profile;
        status.profile_hash = active->profile_hash;
    }
    return status;
}

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
    status.at_work = view->at_work;
    status.interrupted = view->at_work.empty() ? interruption_of(view->ledger) : std::string();
    status.applies = view->ledger.applies();
    const Ledger ledger = looked_at(view->ledger, status);
    const Applied* active = ledger.active();
    status.stranded = stranded_rows(ledger, parts_.catalog);
    if (!status.stranded.empty()) {
        status.notes.push_back(fmt::format(
            "{} no longer in the profile, but the plugin is not there to put {} back: "
            "install it again, and the next apply, or rollback --all, does",
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
    add_guard(*active, status);
    DriftNotes drift;
    for (const auto& [key, held] : active->held) {
        const auto is_repaired = [&] {
            const auto setting = parts_.catalog.setting(key.setting);
            return setting && may_be_put_back(*setting, held.got);
        };
        if (held.drift != DriftPolicy::repair || is_repaired()) {
            drift.add(key.setting, key.target.text(), held.drift);
        }
    }
    std::ranges::move(drift.notes(), std::back_inserter(status.notes));
    status.rows = held_rows(*active, ledger, parts_.catalog);
    status.settings_held = static_cast<std::size_t>(
        std::ranges::count_if(status.rows, [](const Row& row) { return is_success(row.outcome); }));
    return status;
}

}  // namespace nanotune
