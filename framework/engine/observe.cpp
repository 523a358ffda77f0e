// Looking at what is held, as often as there is a reason to, without disturbing anybody.
#include <algorithm>
#include <map>

#include "engine/compare.hpp"
#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/observer.hpp"
#include "engine/readable.hpp"
#include "engine/repairable.hpp"
#include "model/observation.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune {

namespace {

/// What one look uses, alive as long as the thread that works on it.
struct Look {
    Look(CallRunner& calls, Ledger recorded, Gaze how)
        : survey(calls), ledger(std::move(recorded)), gaze(std::move(how)) {}
    Survey survey;
    Ledger ledger;
    Gaze gaze;
    Report report = {};
    Observation seen = {};
    std::map<HeldPlace, const HeldValue*> held = {};
};

bool is_readable_by_all(const std::string& file) {
    constexpr unsigned others_read = 04;
    const auto facts = file_facts(file);
    return facts && (facts->mode & others_read) != 0;
}

/// Whether the row was not looked at, so that it says nothing.
bool is_unread(const Row& row) {
    return is_left_alone({.code = ErrorCode::busy, .message = row.message});
}

/// The files of one value, found out by reading it alone.
void find_files(Changed& changed, const Catalog& catalog, Look& look, GazeState& state) {
    const auto setting = catalog.setting(changed.row.setting);
    if (!setting) {
        return;
    }
    static_cast<void>(state.take_files());
    static_cast<void>(look.survey.read({{*setting, changed.row.target}}));
    const std::set<std::string> files = state.take_files();
    changed.files.assign(files.begin(), files.end());
    changed.is_public = std::ranges::all_of(changed.files, is_readable_by_all);
}

void note_devices(Look& look) {
    for (const auto& [key, held] : look.ledger.active()->held) {
        const std::string device = device_of(key, held);
        if (!device.empty() && held.bearer.fate == Fate::here) {
            look.seen.devices.insert(device);
        } else if (!device.empty() &&
                   std::ranges::find(look.seen.gone, device) == look.seen.gone.end()) {
            look.seen.gone.push_back(device);
        }
        look.held.emplace(HeldPlace{key.setting, key.target}, &held);
        if (look.gaze.devices.empty()) {
            look.seen.held.insert({key.setting, key.target});
        }
    }
}

void sort_out(const Catalog& catalog, Look& look, GazeState& state) {
    for (Row& row : look.report.rows) {
        if (is_unread(row)) {
            continue;
        }
        if (row.outcome != Outcome::differs) {
            const bool is_absent = row.outcome == Outcome::away || row.outcome == Outcome::gone;
            (is_absent ? look.seen.absent : look.seen.as_applied)
                .push_back({row.setting, row.target});
            continue;
        }
        const auto held = look.held.find({row.setting, row.target});
        const auto setting = catalog.setting(row.setting);
        const bool is_known = held != look.held.end() && setting;
        if (is_known) {
            row.before = readable(setting->tunable->domain, held->second->got);
        }
        Changed changed{.row = std::move(row), .files = {}};
        changed.policy = held == look.held.end() ? std::nullopt : held->second->drift;
        changed.may_be_repaired =
            setting &&
            (is_known ? may_be_put_back(*setting, held->second->got) : may_be_repaired(*setting));
        find_files(changed, catalog, look, state);
        look.seen.changed.push_back(std::move(changed));
    }
}

void look_around(const Catalog& catalog, Look& look, GazeState& state) {
    state.is_quiet = look.gaze.is_quiet;
    // Where devices cannot be asked for, they go by the names that were recorded.
    static_cast<void>(follow_devices(look.ledger, catalog, look.survey));
    note_devices(look);
    static_cast<void>(state.take_files());
    const HeldFilter filter = [&look](const Key& key, const HeldValue& held) {
        return look.gaze.devices.empty() || look.gaze.devices.contains(device_of(key, held));
    };
    compare_held(*look.ledger.active(), catalog, look.survey, filter, look.report);
    look.seen.files = state.take_files();
    sort_out(catalog, look, state);
    state.is_quiet = true;
}

bool is_to_be_seen(const Result<JournalView>& view) {
    return view && view->at_work.empty() && view->ledger.open() == nullptr &&
           view->ledger.active() != nullptr;
}

Observation blind() {
    Observation blind;
    blind.is_blind = true;
    return blind;
}

Observation seen_by(Look& look) {
    return look.report.problems.empty() ? std::move(look.seen) : blind();
}

void keep_looking(VigilState& vigil, Observer& observer, const Catalog& catalog) {
    bool goes_on = true;
    while (goes_on && vigil.await_look(observer.calls().clock())) {
        observer.calls().allow(vigil.budget());
        const auto look = std::make_shared<Look>(observer.calls(), vigil.held(), Gaze());
        look_around(catalog, *look, observer.state());
        observer.calls().let_go();
        goes_on = vigil.saw(seen_by(*look), observer.calls().clock().now());
    }
}

}  // namespace

Observation Engine::observe(const Gaze& gaze) {
    const auto view = this->view();
    if (!is_to_be_seen(view)) {
        return blind();
    }
    if (!observer_) {
        observer_ = std::make_shared<Observer>(parts_.systems, parts_.clock);
    }
    const auto look = std::make_shared<Look>(observer_->calls(), view->ledger, gaze);
    const Status done =
        observer_->calls().supervised(time_to_look(parts_, view->ledger),
                                      [look, observer = observer_, &catalog = parts_.catalog] {
                                          look_around(catalog, *look, observer->state());
                                      });
    Observation seen = done ? seen_by(*look) : blind();
    if (gaze.is_quiet && gaze.devices.empty()) {
        observer_->saw(seen.is_blind ? std::nullopt : std::optional(Sight(seen)));
    }
    return seen;
}

bool Engine::begin_vigil(Vigil vigil) {
    if (!observer_) {
        return false;
    }
    const std::optional<Sight>& last = observer_->last();
    if (!last || last->has_changes()) {
        return false;
    }
    const auto view = this->view();
    if (!is_to_be_seen(view)) {
        return false;
    }
    const auto state = std::make_shared<VigilState>(std::move(vigil), view->ledger, *last,
                                                    time_to_look(parts_, view->ledger));
    if (!state->holds_all()) {
        return false;
    }
    observer_->keep(state);
    observer_->calls().rest();
    const Status begun =
        observer_->calls().begin([state, observer = observer_, &catalog = parts_.catalog] {
            keep_looking(*state, *observer, catalog);
        });
    if (!begun) {
        static_cast<void>(observer_->take_vigil());
    }
    return begun.has_value();
}

Result<Vigil::Time> Engine::end_vigil() {
    const auto vigil = observer_ ? observer_->take_vigil() : nullptr;
    if (!vigil) {
        return parts_.clock->now();
    }
    vigil->end();
    NT_CHECK(observer_->calls().end());
    return vigil->next().value_or(parts_.clock->now());
}

}  // namespace nanotune
