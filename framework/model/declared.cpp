#include "declared.hpp"

#include <algorithm>

namespace nanotune {
namespace {

/// The section of another plugin in which files under /proc/sys have names.
constexpr std::string_view elsewhere = "sysctl.";

}  // namespace

std::string SettingRef::full_name() const {
    std::string name;
    name.reserve(plugin->name.size() + 1 + tunable->name.size());
    name.append(plugin->name).append(1, '.').append(tunable->name);
    return name;
}

std::string SettingRef::name_elsewhere() const {
    if (!tunable->alias.contains(elsewhere)) {
        return {};
    }
    const auto aliases = words_of(tunable->alias);
    const auto found = std::ranges::find_if(
        aliases, [](std::string_view alias) { return alias.starts_with(elsewhere); });
    return found == aliases.end() ? std::string() : std::string(*found);
}

bool may_be_repaired(const SettingRef& setting) {
    return !setting.tunable->check_only && setting.tunable->impact == Impact::none &&
           setting.bank->stage() != Stage::datapath;
}

DeclaredNames::DeclaredNames(const Plugin& plugin) {
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            const SettingRef setting{&plugin, bank.get(), tunable};
            settings_.add(tunable->name, setting);
            if (tunable->alias.empty()) {
                continue;
            }
            for (const std::string_view alias : words_of(tunable->alias)) {
                if (!alias.starts_with(elsewhere)) {
                    aliases_.add(alias, setting);
                }
            }
        }
    }
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            parameters_.add(parameter.name, {rule.get(), &parameter});
        }
    }
    settings_.sort();
    parameters_.sort();
    aliases_.sort();
}

std::optional<KeyMeaning> DeclaredNames::meaning(std::string_view key) const {
    if (const ParameterRef* parameter = parameters_.first(key)) {
        return KeyMeaning{.settings = {}, .parameter = *parameter};
    }
    if (const SettingRef* declared = setting(key)) {
        return KeyMeaning{.settings = {*declared}, .parameter = {}};
    }
    KeyMeaning group{.settings = aliases_.all(key), .parameter = {}};
    return group.settings.empty() ? std::nullopt : std::optional(std::move(group));
}

bool may_be_name_elsewhere(std::string_view full_name) {
    return full_name.starts_with(elsewhere);
}

std::vector<NameElsewhere> names_elsewhere(const Plugin& plugin) {
    std::vector<NameElsewhere> names;
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            if (!tunable->alias.contains(elsewhere)) {
                continue;
            }
            for (const std::string_view alias : words_of(tunable->alias)) {
                if (alias.starts_with(elsewhere)) {
                    names.push_back(
                        {.name = std::string(alias), .setting = {&plugin, bank.get(), tunable}});
                }
            }
        }
    }
    return names;
}

}  // namespace nanotune
