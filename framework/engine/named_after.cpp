#include "engine/named_after.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/check.hpp"

namespace nanotune {
namespace {

/// Those of them that hold the value.
std::vector<std::string> devices_at(const std::optional<Value>& value,
                                    const std::vector<SettingRef>& parts, Survey& survey) {
    std::vector<Place> places;
    for (const SettingRef& part : parts) {
        places.push_back({part, Target::host()});
    }
    const auto readings = survey.read(places);
    std::vector<std::string> devices;
    for (std::size_t i = 0; readings && i < parts.size(); ++i) {
        if ((*readings)[i] && (*readings)[i]->value == value) {
            devices.push_back(parts[i].bank->device_in(*parts[i].tunable));
        }
    }
    return devices;
}

}  // namespace

std::optional<SettingRef> named_after(const Catalog& catalog, const SettingRef& whole,
                                      std::string_view pattern, std::string_view device) {
    if (!pattern.contains(device_mark)) {
        return std::nullopt;
    }
    const auto general =
        pattern == device_mark ? Result<SettingRef>(whole) : catalog.setting(pattern);
    if (!general) {
        return std::nullopt;
    }
    const auto setting = catalog.setting(fmt::format(
        "{}.{}", general->plugin->name, general->bank->name_for(*general->tunable, device)));
    return setting ? std::optional(*setting) : std::nullopt;
}

bool reaches_devices(const Tunable& tunable) {
    return tunable.carries == device_mark;
}

Result<std::vector<SettingRef>> of_each_device(const Catalog& catalog, const SettingRef& whole,
                                               Survey& survey) {
    NT_TRY(const auto answer, survey.calls().ask("listing devices", [](System& system) {
        return system.links().list();
    }));
    NT_TRY(const std::vector<Link> links, answer);
    std::vector<SettingRef> parts;
    for (const Link& link : links) {
        if (const auto part = named_after(catalog, whole, device_mark, link.name)) {
            parts.push_back(*part);
        }
    }
    return parts;
}

Result<std::vector<std::pair<SettingRef, Candidate>>> on_named_device(const Catalog& catalog,
                                                                      const SettingRef& whole,
                                                                      Survey& survey) {
    std::vector<std::pair<SettingRef, Candidate>> parts;
    if (whole.tunable->carries.empty()) {
        return parts;
    }
    const std::string device = whole.bank->device_in(*whole.tunable);
    for (const std::string_view name : words_of(whole.tunable->carries)) {
        const auto part = catalog.setting(name);
        if (device.empty() || !part) {
            continue;  // without its plugin nothing of it can be kept
        }
        NT_TRY(const auto* candidates, survey.candidates(part->bank->discovery()));
        for (const Candidate& candidate : *candidates) {
            if (candidate.device == device) {
                parts.emplace_back(*part, candidate);
            }
        }
    }
    return parts;
}

std::vector<std::string> followers_of(std::span<const Plan> stages, const Catalog& catalog,
                                      Survey& survey) {
    std::vector<std::string> notes;
    for (const Plan& stage : stages) {
        for (const Change& change : stage.changes) {
            const SettingRef& setting = change.desired.setting;
            if (!reaches_devices(*setting.tunable) || !is_written(change)) {
                continue;
            }
            const auto parts = of_each_device(catalog, setting, survey);
            const auto devices =
                devices_at(change.before, parts.value_or(std::vector<SettingRef>()), survey);
            if (!devices.empty()) {
                notes.push_back(fmt::format(
                    "{} goes to every device whose own was never set, of these that hold the same "
                    "now: {}",
                    setting.full_name(), fmt::join(devices, ", ")));
            }
        }
    }
    return notes;
}

}  // namespace nanotune
