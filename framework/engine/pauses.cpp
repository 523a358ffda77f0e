#include "engine/pauses.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/check.hpp"

namespace nanotune {

/// No plugin is loaded for workers that are not there.
bool Pauses::are_there() {
    if (!are_there_) {
        const auto asked = survey_.calls().ask(
            "listing datapaths", [](System& system) { return system.workers().names(); });
        if (!asked || !*asked) {
            return false;  // this time: nobody knows
        }
        are_there_ = !(*asked)->empty();
    }
    return *are_there_;
}

Result<std::vector<Place>> Pauses::on(const Change& change) {
    std::vector<Place> places;
    const std::string_view name = change.desired.setting.tunable->pauses;
    const std::string& device = change.desired.candidate->device;
    if (name.empty() || device.empty() || !is_written(change) || !are_there()) {
        return places;
    }
    const auto setting = catalog_.setting(name);
    if (!setting) {
        return places;  // its plugin is not loaded: no worker of it was started here
    }
    NT_TRY(const auto* candidates, survey_.candidates(setting->bank->discovery()));
    for (const Candidate& candidate : *candidates) {
        if (candidate.fact("holds") == device) {
            places.push_back({.setting = *setting, .target = candidate.target});
        }
    }
    return places;
}

Status Pauses::pause(const Place& place) {
    const Bank* const bank = place.setting.bank;
    NT_TRY(const Status paused, survey_.calls().ask("pausing " + place.target.text(),
                                                    [bank, target = place.target](System& system) {
                                                        return bank->pause(system, target);
                                                    }));
    return paused;
}

std::vector<std::string> Pauses::notes(std::span<const Plan> stages) {
    std::map<std::string, std::vector<std::string>> causes;
    for (const Plan& stage : stages) {
        for (const Change& change : stage.changes) {
            const auto places = on(change);
            for (const Place& place : places.value_or(std::vector<Place>())) {
                causes[place.target.text()].push_back(
                    text_of(change.desired.setting, change.desired.candidate->target));
            }
        }
    }
    std::vector<std::string> notes;
    for (const auto& [worker, changes] : causes) {
        notes.push_back(fmt::format("{} pauses for {}, and takes no packets meanwhile", worker,
                                    fmt::join(changes, ", ")));
    }
    return notes;
}

}  // namespace nanotune
