#include "engine/reach.hpp"

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "engine/devices.hpp"

namespace nanotune {
namespace {

/// Where devices cannot be listed, it may be. What is here under another name was given that
/// meanwhile.
std::optional<std::string> why_away(const DeviceIdentity& device, Survey& survey) {
    const auto devices = Devices::since({device}, survey);
    const Bearer now =
        devices ? devices->bearer_of(device) : Bearer{.device = device, .fate = Fate::away};
    if (now.fate == Fate::here && !now.formerly.empty()) {
        return fmt::format("{} was given the name {} meanwhile", now.formerly, now.device->name);
    }
    return now.fate == Fate::away ? std::optional(fate_of(now)) : std::nullopt;
}

/// Of one that an older version recorded by its name alone.
bool is_away(std::string_view device, Survey& survey) {
    const auto nics = survey.candidates(discover::nics);
    return !nics || std::ranges::find(**nics, device, &Candidate::device) == (**nics).end();
}

bool is_of_cpu(const Target& target) {
    return target.kind == Target::cpu(0).kind || target.kind == "policy";
}

}  // namespace

bool is_detached(const DeviceIdentity& device, Survey& survey) {
    const auto devices = Devices::since({device}, survey);
    if (devices && devices->bearer_of(device).fate != Fate::here) {
        return false;
    }
    // Of features no driver is asked, but only where it has not taken its device away.
    const auto features = survey.calls().ask(
        "asking whether " + device.name + " answers",
        [name = device.name](System& system) { return system.ethtool().features(name); });
    return !features || (!*features && features->error().kernel_errno == ENODEV);
}

bool is_of_offline_cpu(const Target& target, Survey& survey) {
    if (!is_of_cpu(target)) {
        return false;
    }
    const auto topology = survey.topology();
    const auto number = CpuSet::from_list(target.name);
    return topology && number && (topology->present - topology->online).contains_all(*number);
}

std::optional<DeviceIdentity> taken_over(const Key& key, const Bearer& bearer,
                                         const SettingRef& setting, Survey& survey) {
    if (key.device != 0 || !bearer.device.is_known()) {
        return std::nullopt;
    }
    DeviceIdentity now = survey.candidate_of(setting, key.target).identity;
    return now.is_known() && !is_same(bearer.device, now) ? std::optional(std::move(now))
                                                          : std::nullopt;
}

std::string why_taken(const DeviceIdentity& by) {
    return fmt::format("its number belongs to {} now", by.name);
}

void tell_apart(UndoStep& step, Survey& survey) {
    const auto& [key, bearer] = std::tie(step.touched.key, step.touched.bearer);
    if (is_out_of_reach(key, bearer)) {
        step.is_out_of_reach = true;
        step.outcome = bearer.fate == Fate::away ? Outcome::away : Outcome::gone;
        step.message = fate_of(bearer);
    } else if (step.setting.tunable != nullptr) {
        if (const auto other = taken_over(key, bearer, step.setting, survey)) {
            step.is_out_of_reach = true;
            step.outcome = Outcome::gone;
            step.message = why_taken(*other);
        }
    }
}

std::optional<std::string> why_away(const UndoStep& step, Survey& survey) {
    const auto& [key, bearer] = std::tie(step.touched.key, step.touched.bearer);
    if (step.outcome == Outcome::away) {
        return fate_of(bearer);
    }
    if (step.outcome != Outcome::gone || step.is_out_of_reach) {
        return std::nullopt;
    }
    if (is_of_cpu(key.target)) {
        return is_of_offline_cpu(key.target, survey) ? std::optional("its CPU is offline")
                                                     : std::nullopt;
    }
    // It was there when it was looked for, at the beginning.
    if (key.device != 0) {
        return why_away(bearer.device, survey);
    }
    return !key.target.device().empty() && is_away(key.target.device(), survey)
               ? std::optional("its device is away")
               : std::nullopt;
}

}  // namespace nanotune
