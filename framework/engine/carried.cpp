#include "engine/carried.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <nanotune/domain.hpp>

#include "engine/devices.hpp"
#include "engine/named_after.hpp"

namespace nanotune {
namespace {

bool is_named_after(std::string_view pattern, const SettingRef& whole, const Key& part,
                    std::string_view device, const Catalog& catalog) {
    const auto follower = named_after(catalog, whole, pattern, device);
    return follower && part.target == Target::host() && part.setting == follower->full_name();
}

bool has_carried(const Key& key, const Catalog& catalog) {
    const auto setting = catalog.setting(key.setting);
    return setting && !setting->tunable->carries.empty();
}

/// What the apply left it at.
const Value& held_of(const Touched& touched) {
    return touched.got ? *touched.got : touched.wanted;
}

/// The value of `whole` when `part` was first touched; nullptr where it was not touched before.
const Value* held_before(const Key& whole, const Key& part, const Ledger& ledger,
                         std::uint64_t oldest) {
    const Value* held = nullptr;
    for (const Shared<Applied>& applied : ledger.applied()) {
        if (applied->id < oldest) {
            continue;
        }
        if (applied->find(part) != nullptr) {
            return held;
        }
        const Touched* const touched = applied->find(whole);
        held = touched == nullptr ? held : &held_of(*touched);
    }
    return held;
}

}  // namespace

bool carries(const Key& whole, const Key& part, const Catalog& catalog) {
    const auto setting = catalog.setting(whole.setting);
    if (!setting) {
        return false;
    }
    if (reaches_devices(*setting->tunable)) {
        const std::string device = device_in(part, catalog);
        return !device.empty() && is_named_after(device_mark, *setting, part, device, catalog);
    }
    return std::ranges::any_of(words_of(setting->tunable->carries), [&](std::string_view name) {
        return name.contains(device_mark)
                   ? part.device == whole.device &&
                         is_named_after(name, *setting, part, whole.target.name, catalog)
                   : name == part.setting && part.target != whole.target &&
                         !whole.target.name.empty() && part.target.device() == whole.target.name;
    });
}

std::vector<Touched> undoing_from(const Ledger& ledger, std::uint64_t oldest,
                                  const Catalog& catalog) {
    std::vector<Touched> touched = ledger.undoing_from(oldest);
    for (const Touched& whole : touched) {
        const auto setting = catalog.setting(whole.key.setting);
        // A device that came later was born with what it is for all that are to come.
        if (!setting || setting->tunable->carries.empty() || reaches_devices(*setting->tunable)) {
            continue;
        }
        for (Touched& part : touched) {
            const bool is_carried = carries(whole.key, part.key, catalog);
            const Value* const held =
                is_carried ? held_before(whole.key, part.key, ledger, oldest) : nullptr;
            if (held != nullptr && *held == part.before) {
                part.before = whole.before;
            }
        }
    }
    return touched;
}

Carried::Carried(const KeySet& wanted, const ByKey<Value>& planned, const Catalog& catalog)
    : planned_(planned), catalog_(catalog) {
    for (const Key& key : wanted) {
        if (has_carried(key, catalog)) {
            carriers_.push_back(key);
        }
    }
}

bool Carried::takes_along(const Key& part) const {
    return std::ranges::any_of(carriers_, [&](const Key& whole) {
        const auto setting = catalog_.setting(whole.setting);
        const bool is_beside =
            setting && part.target == whole.target &&
            std::ranges::any_of(words_of(setting->tunable->carries),
                                [&](std::string_view name) { return name == part.setting; });
        return is_beside || carries(whole, part, catalog_);
    });
}

Result<std::optional<Value>> Carried::value_for(const Touched& part, const Ledger& ledger,
                                                Survey& survey) const {
    const auto whole = std::ranges::find_if(
        carriers_, [&](const Key& key) { return carries(key, part.key, catalog_); });
    if (whole == carriers_.end()) {
        return std::nullopt;
    }
    NT_TRY(const SettingRef setting, catalog_.setting(whole->setting));
    NT_TRY(const auto readings, survey.read({{setting, whole->target}}));
    const auto now = readings.front() ? std::optional(readings.front()->value) : std::nullopt;
    const Value* const baseline = ledger.baseline_of(*whole);
    if (reaches_devices(*setting.tunable) &&
        (baseline != nullptr ? std::optional(*baseline) : now) != part.before) {
        return std::nullopt;  // the device had one of its own
    }
    const auto found = planned_.find(*whole);
    return found != planned_.end() ? std::optional(found->second) : now;
}

}  // namespace nanotune
