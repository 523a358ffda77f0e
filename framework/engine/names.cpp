// What a record is called today: another plugin may have the setting.
#include "engine/names.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace nanotune {
namespace {

void rename_in(Applied& applied, const Renaming& renaming) {
    const auto named = [&](const Touched& one) {
        Touched touched = one;
        if (const auto renamed = renaming(one.key.setting, one.also)) {
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
        const auto renamed = renaming(key.setting, held.also);
        again.hold(renamed ? Key{renamed->setting, key.target, key.device} : key,
                   renamed ? HeldValue{.wanted = renamed->value(held.wanted),
                                       .got = renamed->value(held.got),
                                       .origin = held.origin,
                                       .also = key.setting,
                                       .bearer = held.bearer,
                                       .drift = held.drift}
                           : held);
    }
    applied.be_about(std::move(again));
}

bool has_new_name(const Applied& applied, const Renaming& renaming) {
    return std::ranges::any_of(applied.names, [&](const auto& name) {
        const auto& [setting, others] = name;
        return std::ranges::any_of(
            others, [&](const std::string& also) { return renaming(setting, also).has_value(); });
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

Renaming names_of(const Catalog& catalog) {
    // Each apply of a journal says the same names again.
    return [&catalog, known = std::unordered_set<std::string>()](
               const std::string& name, const std::string& also) mutable -> std::optional<Renamed> {
        if (also.empty() && known.contains(name)) {
            return std::nullopt;
        }
        if (const auto owner = catalog.owner_of_alias(name)) {
            const auto former = catalog.setting(name);
            return renamed_to(*owner, former ? std::optional(*former) : std::nullopt);
        }
        if (also.empty() || catalog.setting(name)) {
            known.insert(name);
            return std::nullopt;
        }
        const auto other = catalog.setting(also);
        return other ? std::optional(renamed_to(*other, std::nullopt)) : std::nullopt;
    };
}

}  // namespace nanotune
