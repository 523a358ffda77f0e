#include "engine/following.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>
#include <unordered_map>

#include <fmt/format.h>

namespace nanotune {
namespace {

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

/// What was recorded, by today's devices.
class Today {
  public:
    Today(const Devices& devices, const Catalog& catalog)
        : devices_(devices), catalog_(catalog), fates_(devices), named_(devices, catalog) {}

    bool stays(const Bearer& recorded) {
        return fates_.of(recorded.device).is_as_recorded && recorded.fate == Fate::here &&
               !recorded.is_name_taken;
    }
    std::optional<Followed> of(const Key& key, const Bearer& recorded) {
        if (!recorded.device.is_known()) {
            return of_older_version(key);
        }
        if (stays(recorded)) {
            return std::nullopt;
        }
        Bearer bearer = fates_.of(recorded.device).bearer;
        return bearer.fate == Fate::here ? renamed(key, recorded, std::move(bearer))
                                         : gone(key, recorded, std::move(bearer));
    }

  private:
    std::optional<Followed> of_older_version(const Key& key) {
        const DeviceIdentity* now = named_.of(key);
        return now == nullptr ? std::nullopt
                              : std::optional(Followed{key_of(key.setting, key.target, *now),
                                                       {.device = *now}});
    }
    std::optional<Followed> renamed(const Key& key, const Bearer& recorded, Bearer bearer) const {
        const std::string& then = recorded.device->name;
        const std::string& name = bearer.device->name;
        bearer.formerly = bearer.formerly.empty() ? recorded.formerly : bearer.formerly;
        if (bearer == recorded) {
            return std::nullopt;
        }
        Key now = key_of(setting_for(key, then, name, catalog_), target_for(key.target, then, name),
                         bearer.device);
        return Followed{std::move(now), std::move(bearer)};
    }
    std::optional<Followed> gone(const Key& key, const Bearer& recorded, Bearer bearer) const {
        Key now = key;
        if (now.device != 0 && devices_.numbered(recorded.device->index) != nullptr) {
            now.device = ~recorded.device->index;  // no device's, as theirs are positive numbers
        }
        if (bearer == recorded && now == key) {
            return std::nullopt;
        }
        return Followed{std::move(now), std::move(bearer)};
    }

    const Devices& devices_;
    const Catalog& catalog_;
    Fates fates_;
    NamedDevices named_;
};

bool has_news(const Applied& applied, const Following& following) {
    const bool all_stay = std::ranges::all_of(applied.bearers, [&](const Bearer& bearer) {
        return !bearer.device.is_known() || following.stays(bearer);
    });
    const auto is_news = [&](const Key& key, const Bearer& bearer) {
        return (!all_stay || !bearer.device.is_known()) && following.of(key, bearer).has_value();
    };
    return std::ranges::any_of(applied.touched,
                               [&](const Touched& one) { return is_news(one.key, one.bearer); }) ||
           std::ranges::any_of(applied.held, [&](const auto& one) {
               return is_news(one.first, one.second.bearer);
           });
}

void follow_in(Applied& applied, const Following& following) {
    Applied again;
    for (Touched& touched : applied.touched) {
        if (auto followed = following.of(touched.key, touched.bearer)) {
            touched.key = std::move(followed->key);
            touched.bearer = std::move(followed->bearer);
        }
        again.touch(touched);
    }
    for (auto& [key, held] : applied.held) {
        auto followed = following.of(key, held.bearer);
        if (followed) {
            held.bearer = std::move(followed->bearer);
        }
        again.hold(followed ? followed->key : key, std::move(held));
    }
    applied.be_about(std::move(again));
}

}  // namespace

void Ledger::follow(const Following& following) {
    change_each([&](const Applied& applied) { return has_news(applied, following); },
                [&](Applied& applied) { follow_in(applied, following); });
}

std::optional<std::vector<DeviceIdentity>> devices_in(const Ledger& ledger,
                                                      const Catalog& catalog) {
    std::vector<DeviceIdentity> devices;
    ledger.for_each([&](const Applied& applied) {
        for (const Bearer& bearer : applied.bearers) {
            const DeviceIdentity& device = bearer.device;
            if (device.is_known() && std::ranges::find(devices, device) == devices.end()) {
                devices.push_back(device);
            }
        }
    });
    const auto names_one = [&](const Key& key) { return !device_in(key, catalog).empty(); };
    bool is_about_any = !devices.empty();
    ledger.for_each([&](const Applied& applied) {
        is_about_any = is_about_any ||
                       std::ranges::any_of(applied.touched, names_one, &Touched::key) ||
                       std::ranges::any_of(applied.held | std::views::keys, names_one);
    });
    return is_about_any ? std::optional(std::move(devices)) : std::nullopt;
}

Following following(const Devices& devices, const Catalog& catalog) {
    const auto today = std::make_shared<Today>(devices, catalog);
    return {
        .of = [today](const Key& key, const Bearer& recorded) { return today->of(key, recorded); },
        .stays = [today](const Bearer& recorded) { return today->stays(recorded); }};
}

Status follow_devices(Ledger& ledger, const Catalog& catalog, Survey& survey) {
    const auto recorded = devices_in(ledger, catalog);
    if (recorded) {
        NT_TRY(const Devices devices, Devices::since(*recorded, survey));
        ledger.follow(following(devices, catalog));
    }
    return {};
}

}  // namespace nanotune
