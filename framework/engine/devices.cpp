#include "engine/devices.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

namespace nanotune {
namespace {

/// Of a virtual device only other namespaces can tell; what is on a bus has its folder there.
Fate fate_elsewhere(System& system, const DeviceIdentity& device,
                    std::optional<Result<std::vector<DeviceIdentity>>>& elsewhere) {
    Files& files = system.files();
    if (!device.bus.empty()) {
        return !files.exists("/sys/devices") || discover::has_device(files, device.bus)
                   ? Fate::away
                   : Fate::no_more;
    }
    if (!elsewhere) {
        elsewhere = discover::devices_elsewhere(system);
    }
    const bool may_be_there =
        !*elsewhere || std::ranges::any_of(**elsewhere, [&device](const DeviceIdentity& other) {
            return is_moved(device, other);
        });
    return may_be_there ? Fate::away : Fate::no_more;
}

/// One that comes back after this namespace was looked at, and before the others are, is in none.
void leave_out_returned(std::vector<DeviceIdentity>& no_more, System& system) {
    if (no_more.empty()) {
        return;
    }
    const auto here = discover::nics(system);
    std::erase_if(no_more, [&here](const DeviceIdentity& device) {
        return !here || std::ranges::any_of(*here, [&device](const Candidate& nic) {
            return is_same(device, nic.identity);
        });
    });
}

}  // namespace

std::string joined(std::string what, const std::string& more) {
    what += what.empty() || more.empty() ? "" : "; ";
    return what + more;
}

std::string fate_of(const Bearer& bearer) {
    const std::string& name = bearer.device->name;
    switch (bearer.fate) {
        case Fate::here:
            return bearer.formerly.empty()
                       ? std::string()
                       : fmt::format("{}, renamed from {}", name, bearer.formerly);
        case Fate::away:
            return bearer.is_name_taken
                       ? fmt::format("its device is away, and another one is called {} now", name)
                       : "its device is away";
        case Fate::no_more:
            return bearer.is_name_taken
                       ? fmt::format("its device is no more, and another one is called {} now",
                                     name)
                       : "its device is no more";
    }
    return {};
}

Result<Devices> Devices::since(const std::vector<DeviceIdentity>& recorded, Survey& survey) {
    Devices devices;
    NT_TRY(const auto* nics, survey.candidates(discover::nics));
    std::ranges::transform(*nics, std::back_inserter(devices.here_), &Candidate::identity);
    std::vector<DeviceIdentity> missing;
    std::ranges::copy_if(recorded, std::back_inserter(missing), [&](const DeviceIdentity& device) {
        return devices.find(device) == nullptr;
    });
    if (missing.empty()) {
        return devices;
    }
    NT_TRY(devices.no_more_,
           survey.calls().ask(
               "looking for " + missing.front().name, [missing](System& system) mutable {
                   std::optional<Result<std::vector<DeviceIdentity>>> elsewhere;
                   std::erase_if(missing, [&](const DeviceIdentity& device) {
                       return fate_elsewhere(system, device, elsewhere) != Fate::no_more;
                   });
                   leave_out_returned(missing, system);
                   return missing;
               }));
    return devices;
}

/// Where two could be it, and no number says which, neither is.
const DeviceIdentity* Devices::find(const DeviceIdentity& recorded) const {
    if (const DeviceIdentity* same = numbered(recorded.index);
        same != nullptr && is_same(recorded, *same)) {
        return same;
    }
    const auto is_it = [&recorded](const DeviceIdentity& device) {
        return device.index != recorded.index && is_same(recorded, device);
    };
    const auto found = std::ranges::find_if(here_, is_it);
    const bool is_only =
        found != here_.end() && std::find_if(std::next(found), here_.end(), is_it) == here_.end();
    return is_only ? &*found : nullptr;
}

const DeviceIdentity* Devices::named(std::string_view name) const {
    const auto found = std::ranges::find(here_, name, &DeviceIdentity::name);
    return found == here_.end() ? nullptr : &*found;
}

const DeviceIdentity* Devices::numbered(unsigned index) const {
    const auto found = std::ranges::find(here_, index, &DeviceIdentity::index);
    return found == here_.end() ? nullptr : &*found;
}

Bearer Devices::bearer_of(const DeviceIdentity& recorded) const {
    if (const DeviceIdentity* now = find(recorded)) {
        return {.device = *now,
                .formerly = now->name == recorded.name ? std::string() : recorded.name};
    }
    const bool is_no_more = std::ranges::find(no_more_, recorded) != no_more_.end();
    return {.device = recorded,
            .fate = is_no_more ? Fate::no_more : Fate::away,
            .is_name_taken = named(recorded.name) != nullptr};
}

std::string device_in(const Key& key, const Catalog& catalog) {
    if (const std::string_view device = key.target.device(); !device.empty()) {
        return std::string(device);
    }
    if (key.target != Target::host()) {
        return {};
    }
    const auto setting = catalog.setting(key.setting);
    return setting ? setting->bank->device_in(*setting->tunable) : std::string();
}

bool is_out_of_reach(const Key& key, const Bearer& bearer) {
    return key.device != 0 && bearer.fate != Fate::here;
}

}  // namespace nanotune
