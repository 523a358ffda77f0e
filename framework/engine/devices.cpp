#include "engine/devices.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>

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

/// What has become of each device that was recorded, found out once.
class Fates {
  public:
    explicit Fates(const Devices& devices) : devices_(devices) {}

    struct Known {
        DeviceIdentity recorded;
        Bearer bearer;
        bool is_as_recorded = false;
    };
    const Known& of(const DeviceIdentity& recorded) {
        Known& known = by_index_[recorded.index];
        if (known.recorded != recorded) {
            known = {.recorded = recorded, .bearer = devices_.bearer_of(recorded)};
            known.is_as_recorded = known.bearer == Bearer{.device = recorded};
        }
        return known;
    }

  private:
    const Devices& devices_;
    std::map<unsigned, Known> by_index_;
};

/// The device of each setting of the host, found out once: each apply of a journal names the same.
class NamedDevices {
  public:
    NamedDevices(const Devices& devices, const Catalog& catalog)
        : devices_(devices), catalog_(catalog) {}

    /// Or nullptr.
    const DeviceIdentity* of(const Key& key) {
        if (key.target != Target::host()) {
            return devices_.named(device_in(key, catalog_));
        }
        const auto [found, is_new] = by_setting_.try_emplace(key.setting, nullptr);
        if (is_new) {
            found->second = devices_.named(device_in(key, catalog_));
        }
        return found->second;
    }

  private:
    const Devices& devices_;
    const Catalog& catalog_;
    std::unordered_map<std::string, const DeviceIdentity*> by_setting_;
};

/// The same setting of a device that is called otherwise now.
std::string setting_for(const Key& key, const std::string& formerly, const std::string& name,
                        const Catalog& catalog) {
    const auto setting = catalog.setting(key.setting);
    if (!setting || setting->bank->device_in(*setting->tunable) != formerly) {
        return key.setting;
    }
    return fmt::format("{}.{}", setting->plugin->name,
                       setting->bank->name_for(*setting->tunable, name));
}

Target target_for(const Target& target, const std::string& formerly, const std::string& name) {
    if (target.device() != formerly && !target.name.starts_with(formerly + "/")) {
        return target;
    }
    return {target.kind, name + target.name.substr(formerly.size())};
}

}  // namespace

std::string joined(std::string what, const std::string& more) {
    what += what.empty() || more.empty() ? "" : "; ";
    return what + more;
}

std::string fate_of(const Bearer& bearer) {
    const std::string& name = bearer.device.name;
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

std::optional<std::vector<DeviceIdentity>> devices_in(const Ledger& ledger,
                                                      const Catalog& catalog) {
    std::vector<DeviceIdentity> devices;
    bool is_about_any = false;
    ledger.for_each([&](const Key& key, const Bearer& bearer) {
        if (bearer.device.is_known() &&
            std::ranges::find(devices, bearer.device) == devices.end()) {
            devices.push_back(bearer.device);
        }
        is_about_any = is_about_any || bearer.device.is_known() || !device_in(key, catalog).empty();
    });
    return is_about_any ? std::optional(std::move(devices)) : std::nullopt;
}

Following following(const Devices& devices, const Catalog& catalog) {
    return [&devices, &catalog, fates = Fates(devices), named = NamedDevices(devices, catalog)](
               const Key& key, const Bearer& recorded) mutable -> std::optional<Followed> {
        if (!recorded.device.is_known()) {  // as older versions recorded it
            const DeviceIdentity* now = named.of(key);
            return now == nullptr ? std::nullopt
                                  : std::optional(Followed{key_of(key.setting, key.target, *now),
                                                           {.device = *now}});
        }
        const Fates::Known& known = fates.of(recorded.device);
        if (known.is_as_recorded && recorded.fate == Fate::here && !recorded.is_name_taken) {
            return std::nullopt;
        }
        Bearer bearer = known.bearer;
        const std::string& then = recorded.device.name;
        if (bearer.fate == Fate::here) {
            const std::string& name = bearer.device.name;
            bearer.formerly = bearer.formerly.empty() ? recorded.formerly : bearer.formerly;
            if (bearer == recorded) {
                return std::nullopt;
            }
            Key now = key_of(setting_for(key, then, name, catalog),
                             target_for(key.target, then, name), bearer.device);
            return Followed{std::move(now), std::move(bearer)};
        }
        Key now = key;
        if (now.device != 0 && devices.numbered(recorded.device.index) != nullptr) {
            now.device = ~recorded.device.index;  // no device's, as theirs are positive numbers
        }
        if (bearer == recorded && now == key) {
            return std::nullopt;
        }
        return Followed{std::move(now), std::move(bearer)};
    };
}

Status follow_devices(Ledger& ledger, const Catalog& catalog, Survey& survey) {
    const auto recorded = devices_in(ledger, catalog);
    if (recorded) {
        NT_TRY(const Devices devices, Devices::since(*recorded, survey));
        ledger.follow(following(devices, catalog));
    }
    return {};
}

bool is_out_of_reach(const Key& key, const Bearer& bearer) {
    return key.device != 0 && bearer.fate != Fate::here;
}

}  // namespace nanotune
