#include "engine/side_effects.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/devices.hpp"
#include "engine/losses.hpp"
#include "engine/named_after.hpp"
#include "engine/resets.hpp"

namespace nanotune {
namespace {

/// The kernel gives a bond's value to its members.
bool is_member_of(const Candidate& candidate, const Candidate& bond) {
    return !bond.device.empty() && candidate.fact("bond") == bond.device;
}

}  // namespace

Result<std::vector<Change>> SideEffects::of(const Plan& plan, const Ledger& ledger) {
    Losses losses(plan, ledger);
    Pauses pauses(catalog_, survey_);
    expect(plan.changes);
    for (const Change& change : plan.changes) {
        const Desired& desired = change.desired;
        for (const std::string_view name : resets_of(*desired.setting.tunable, desired.candidate)) {
            const auto setting = catalog_.setting(name);
            if (!setting) {
                continue;  // its plugin is not loaded, so nothing of it can be kept
            }
            NT_TRY(const auto* candidates, found_on(*setting, desired.candidate->device));
            for (const Candidate& candidate : *candidates) {
                if (desired.candidate->device.empty() ||
                    candidate.device == desired.candidate->device) {
                    losses.add(change, *setting, candidate);
                }
            }
        }
        NT_CHECK(add_parts(plan, change, losses));
        NT_CHECK(add_named_after(change, desired.candidate, losses));
        NT_CHECK(add_stacked(change, losses));
        NT_TRY(const auto workers, pauses.on(change));
        for (const Place& worker : workers) {
            losses.add(change, worker.setting, survey_.candidate_of(worker.setting, worker.target));
        }
    }
    return losses.read(survey_);
}

void SideEffects::expect(const std::vector<Change>& changes) {
    const auto makes_anew = [](const Change& change) {
        return resets_anything(*change.desired.setting.tunable, change.desired.candidate);
    };
    if (std::ranges::any_of(changes, makes_anew)) {
        gone_.clear();
    }
}

/// Of every device, where it is of none.
Result<const std::vector<Candidate>*> SideEffects::found_on(const SettingRef& setting,
                                                            const std::string& device) {
    const Discovery discovery = setting.bank->discovery();
    return device.empty() ? survey_.candidates(discovery) : survey_.candidates(discovery, device);
}

/// What the kernel takes down along, and members, also those that have the bond's new value
/// already: they are given its old one, too, when it goes back to that.
Status SideEffects::add_stacked(const Change& change, Losses& losses) {
    const Desired& desired = change.desired;
    if (!desired.setting.tunable->along_stack) {
        return {};
    }
    NT_TRY(const auto* candidates, survey_.candidates(desired.setting.bank->discovery()));
    for (const Candidate& candidate : *candidates) {
        if (candidate.depth > desired.candidate->depth ||
            is_member_of(candidate, desired.candidate)) {
            losses.add(change, desired.setting, candidate);
            NT_CHECK(add_named_after(change, candidate, losses));
        }
    }
    return {};
}

/// What a target holds of the change's setting, which its own target was asked for already.
Result<std::optional<Value>> SideEffects::held_by(const Change& change, const Target& target) {
    if (target == change.desired.candidate->target) {
        return change.before;
    }
    NT_TRY(auto now, survey_.read({{change.desired.setting, target}}));
    return now.front() ? std::optional(std::move(now.front()->value)) : std::nullopt;
}

/// What follows a device's setting by the device's name, as IPv6's own MTU does.
Status SideEffects::add_named_after(const Change& change, const Candidate& device, Losses& losses) {
    if (reaches_devices(*change.desired.setting.tunable)) {
        NT_TRY(const auto parts, of_each_device(catalog_, change.desired.setting, survey_));
        for (const SettingRef& part : parts) {
            losses.add(change, part, survey_.candidate_of(part, Target::host()), {}, true);
        }
        return {};
    }
    NT_TRY(const auto along, on_named_device(catalog_, change.desired.setting, survey_));
    for (const auto& [part, candidate] : along) {
        losses.add(change, part, candidate, {}, true);
    }
    for (const std::string_view name : words_of(change.desired.setting.tunable->carries)) {
        const auto follower = named_after(catalog_, change.desired.setting, name, device.device);
        if (follower) {
            NT_TRY(const auto of_device, held_by(change, device.target));
            losses.add(change, *follower, survey_.candidate_of(*follower, Target::host()),
                       of_device, true);
        }
    }
    return {};
}

/// What a device's own settings mean for each of its queues, too, or any setting for another one of
/// its target. Those of one bank travel together: the kernel writes the ones that do not change
/// anew to all queues, as well.
Status SideEffects::add_parts(const Plan& plan, const Change& change, Losses& losses) {
    const Desired& desired = change.desired;
    if (desired.setting.tunable->carries.empty()) {
        return {};
    }
    const auto is_alike = [&desired](const Change& other) {
        return other.desired.setting.bank == desired.setting.bank &&
               other.desired.candidate->target == desired.candidate->target &&
               !other.desired.setting.tunable->carries.empty();
    };
    if (&*std::ranges::find_if(plan.changes, is_alike) != &change) {
        return {};
    }
    for (const Tunable* tunable : desired.setting.bank->tunables()) {
        SettingRef own = desired.setting;
        own.tunable = tunable;
        const auto changed = std::ranges::find_if(plan.changes, [&](const Change& other) {
            return is_alike(other) && other.desired.setting.tunable == tunable;
        });
        const bool is_changed = changed != plan.changes.end();
        const Change& cause = is_changed ? *changed : change;
        for (const std::string_view name : words_of(tunable->carries)) {
            const auto part = catalog_.setting(name);
            const bool is_part = part && part->bank != own.bank;
            if (part && !is_part && is_changed) {  // another setting of the same target
                losses.add(cause, *part, desired.candidate, {}, true);
            }
            if (!is_part || name.contains(device_mark)) {
                continue;
            }
            NT_TRY(const auto now, survey_.read({{own, desired.candidate->target}}));
            const auto of_device =
                now.front() ? std::optional(now.front()->value) : std::optional<Value>();
            NT_TRY(const auto* candidates, found_on(*part, desired.candidate->device));
            for (const Candidate& candidate : *candidates) {
                if (candidate.device == desired.candidate->device) {
                    losses.add(cause, *part, candidate, of_device, is_changed);
                }
            }
        }
    }
    return {};
}

Result<std::vector<Change>> SideEffects::absent(const Plan& plan, const Ledger& ledger,
                                                const Wanted& wanted) {
    std::set<std::string_view> reset;
    for (const Change& change : plan.changes) {
        for (const std::string_view name :
             resets_of(*change.desired.setting.tunable, change.desired.candidate)) {
            reset.insert(name);
        }
    }
    if (reset.empty()) {
        return std::vector<Change>();
    }
    std::vector<Change> changes;
    for (Touched& touched : ledger.undoing_from(0)) {
        if (!reset.contains(touched.key.setting) || wanted.contains(touched.key) ||
            is_out_of_reach(touched.key, touched.bearer)) {
            continue;
        }
        if (const auto setting = catalog_.setting(touched.key.setting)) {
            changes.push_back({.desired = {.setting = *setting,
                                           .candidate = Candidate{.target = touched.key.target},
                                           .value = std::move(touched.before),
                                           .origin = {.file = "baseline"},
                                           .by_exact_name = true,
                                           .group = {},
                                           .missing = {}},
                               .before = {},
                               .known_after = {},
                               .note = "as it was before nanotune",
                               .is_side_effect = true});
        }
    }
    NT_TRY(const auto readings, survey_.read(places_of(changes)));
    std::vector<Change> absent;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!readings[i] && readings[i].error().code != ErrorCode::timed_out) {
            absent.push_back(std::move(changes[i]));
        }
    }
    return absent;
}

Result<std::vector<Change>> SideEffects::come_anew(std::vector<Change> absent) {
    NT_TRY(auto readings, survey_.read(places_of(absent)));
    std::vector<Change> come;
    for (std::size_t i = 0; i < absent.size(); ++i) {
        Change& change = absent[i];
        if (!readings[i] || readings[i]->value == change.desired.value) {
            continue;
        }
        // The rest of a mask waits for a rollback that brings its CPUs back.
        NT_TRY(Value most, reachable(change.desired));
        const bool is_whole = most == change.desired.value;
        if (!is_whole) {
            kept_.push_back(change);
        }
        if (readings[i]->value != most && (is_whole || most != Value(CpuSet()))) {
            change.desired.value = std::move(most);
            change.desired.candidate =
                survey_.candidate_of(change.desired.setting, change.desired.candidate->target);
            change.before = std::move(readings[i]->value);
            come.push_back(std::move(change));
        }
    }
    return come;
}

}  // namespace nanotune
