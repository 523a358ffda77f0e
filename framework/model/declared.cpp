#include "declared.hpp"

#include <algorithm>

namespace nanotune {
namespace {

/// The section of another plugin in which files under /proc/sys have names.
constexpr std::string_view elsewhere = "sysctl.";

constexpr auto name_of_setting = [](const SettingRef& setting) { return setting.tunable->name; };
constexpr auto name_of_parameter = [](const ParameterRef& ref) { return ref.parameter->name; };
constexpr auto name_of_alias = [](const auto& alias) { return alias.first; };

}  // namespace

std::string SettingRef::full_name() const {
    std::string name;
    name.reserve(plugin->name.size() + 1 + tunable->name.size());
    return name.append(plugin->name).append(1, '.').append(tunable->name);
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
            settings_.push_back({&plugin, bank.get(), tunable});
            for (const std::string_view alias : words_of(tunable->alias)) {
                if (!alias.starts_with(elsewhere)) {
                    aliases_.emplace_back(alias, settings_.back());
                }
            }
        }
    }
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            parameters_.push_back({rule.get(), &parameter});
        }
    }
    std::ranges::stable_sort(settings_, {}, name_of_setting);
    std::ranges::stable_sort(parameters_, {}, name_of_parameter);
    std::ranges::stable_sort(aliases_, {}, name_of_alias);
}

std::optional<KeyMeaning> DeclaredNames::meaning(std::string_view key) const {
    const auto parameter = std::ranges::lower_bound(parameters_, key, {}, name_of_parameter);
    if (parameter != parameters_.end() && name_of_parameter(*parameter) == key) {
        return KeyMeaning{.settings = {}, .parameter = *parameter};
    }
    if (const SettingRef* declared = setting(key)) {
        return KeyMeaning{.settings = {*declared}, .parameter = {}};
    }
    KeyMeaning group;
    for (const auto& [alias, meant] : std::ranges::equal_range(aliases_, key, {}, name_of_alias)) {
        group.settings.push_back(meant);
    }
    return group.settings.empty() ? std::nullopt : std::optional(std::move(group));
}

const SettingRef* DeclaredNames::setting(std::string_view name) const {
    const auto found = std::ranges::lower_bound(settings_, name, {}, name_of_setting);
    return found != settings_.end() && name_of_setting(*found) == name ? &*found : nullptr;
}

std::string_view DeclaredNames::declared_twice() const {
    const auto repeated = std::ranges::adjacent_find(settings_, {}, name_of_setting);
    return repeated == settings_.end() ? std::string_view() : name_of_setting(*repeated);
}

bool may_be_name_elsewhere(std::string_view full_name) {
    return full_name.starts_with(elsewhere);
}

std::vector<NameElsewhere> names_elsewhere(const Plugin& plugin) {
    std::vector<NameElsewhere> names;
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
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
