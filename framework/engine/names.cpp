// What a record is called today: another plugin may have the setting, another name the device.
#include "engine/names.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace nanotune {
namespace {

void rename_in(Applied& applied, const Renaming& renaming) {
    const auto named = [&](const Touched& one) {
        Touched touched = one;
        if (const auto renamed = renaming(one.key, one.also)) {
            touched.also = one.key.setting;
            touched.key.setting = renamed->setting;
            touched.before = renamed->value(one.before);
            touched.wanted = renamed->value(one.wanted);
            touched.got = one.got ? std::optional(renamed->value(*one.got)) : std::nullopt;
            touched.held = one.held ? std::optional(renamed->value(*one.held)) : std::nullopt;
        }
        return touched;
    };
    Applied again;
    for (const Touched& one : applied.touched) {
        again.touch(named(one));
    }
    for (const auto& [key, held] : applied.held) {
        const auto renamed = renaming(key, held.also);
        again.held.insert_or_assign(renamed ? Key{renamed->setting, key.target, key.device} : key,
                                    renamed ? HeldValue{.wanted = renamed->value(held.wanted),
                                                        .got = renamed->value(held.got),
                                                        .origin = held.origin,
                                                        .also = key.setting,
                                                        .bearer = held.bearer,
                                                        .drift = held.drift}
                                            : held);
    }
    applied.touched = std::move(again.touched);
    applied.places = std::move(again.places);
    applied.held = std::move(again.held);
}

bool has_news(const Applied& applied, const Following& following) {
    return std::ranges::any_of(
               applied.touched,
               [&](const Touched& one) { return following(one.key, one.bearer).has_value(); }) ||
           std::ranges::any_of(applied.held, [&](const auto& one) {
               return following(one.first, one.second.bearer).has_value();
           });
}

void follow_in(Applied& applied, const Following& following) {
    Applied again;
    for (Touched& touched : applied.touched) {
        if (auto followed = following(touched.key, touched.bearer)) {
            touched.key = std::move(followed->key);
            touched.bearer = std::move(followed->bearer);
        }
        again.touch(touched);
    }
    for (auto& [key, held] : applied.held) {
        auto followed = following(key, held.bearer);
        if (followed) {
            held.bearer = std::move(followed->bearer);
        }
        again.held.insert_or_assign(followed ? followed->key : key, std::move(held));
    }
    applied.touched = std::move(again.touched);
    applied.places = std::move(again.places);
    applied.held = std::move(again.held);
}

bool has_new_name(const Applied& applied, const Renaming& renaming) {
    return std::ranges::any_of(
               applied.touched,
               [&](const Touched& one) { return renaming(one.key, one.also).has_value(); }) ||
           std::ranges::any_of(applied.held, [&](const auto& one) {
               return renaming(one.first, one.second.also).has_value();
           });
}

/// As the kernel has it, where nobody is left who knows the setting.
std::string bare(const Value& value) {
    struct Text {
        std::string operator()(bool is_on) const { return is_on ? "1" : "0"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const CpuSet& cpus) const { return cpus.list(); }
    };
    return std::visit(Text{}, value);
}

Renamed renamed_to(const SettingRef& setting, std::optional<SettingRef> former) {
    return {.setting = setting.full_name(), .value = [setting, former](const Value& value) {
                const std::string text =
                    former ? to_kernel(former->tunable->domain, value) : bare(value);
                return from_kernel(setting.tunable->domain, text).value_or(value);
            }};
}

}  // namespace

void Ledger::rename(const Renaming& renaming) {
    for (Shared<Applied>& applied : applied_) {
        if (has_new_name(applied, renaming)) {
            rename_in(applied.own(), renaming);
        }
    }
    if (open_ && has_new_name(*open_, renaming)) {
        rename_in(*open_, renaming);
    }
}

void Ledger::follow(const Following& following) {
    for (Shared<Applied>& applied : applied_) {
        if (has_news(applied, following)) {
            follow_in(applied.own(), following);
        }
    }
    if (open_ && has_news(*open_, following)) {
        follow_in(*open_, following);
    }
}

void Ledger::for_each(const std::function<void(const Key&, const Bearer&)>& look) const {
    const auto look_in = [&look](const Applied& applied) {
        for (const Touched& touched : applied.touched) {
            look(touched.key, touched.bearer);
        }
        for (const auto& [key, held] : applied.held) {
            look(key, held.bearer);
        }
    };
    std::ranges::for_each(applied_, look_in);
    if (open_) {
        look_in(*open_);
    }
}

Renaming names_of(const Catalog& catalog) {
    // Each apply of a journal says the same names again.
    return [&catalog, known = std::unordered_set<std::string>()](
               const Key& key, const std::string& also) mutable -> std::optional<Renamed> {
        if (also.empty() && known.contains(key.setting)) {
            return std::nullopt;
        }
        if (const auto owner = catalog.owner_of_alias(key.setting)) {
            const auto former = catalog.setting(key.setting);
            return renamed_to(*owner, former ? std::optional(*former) : std::nullopt);
        }
        if (also.empty() || catalog.setting(key.setting)) {
            known.insert(key.setting);
            return std::nullopt;
        }
        const auto other = catalog.setting(also);
        return other ? std::optional(renamed_to(*other, std::nullopt)) : std::nullopt;
    };
}

}  // namespace nanotune
