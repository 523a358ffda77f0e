#include "declared.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "full_name.hpp"

namespace nanotune {
namespace {

/// The section of another plugin in which files under /proc/sys have names.
constexpr std::string_view elsewhere = "sysctl.";

bool has_word(const RowText& bars, std::string_view word) {
    if (!bars.contains(word)) {
        return false;
    }
    const auto words = words_of(bars);
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string full_name_of(std::string_view plugin, std::string_view key) {
    std::string name;
    name.reserve(plugin.size() + 1 + key.size());
    name.append(plugin).append(1, '.').append(key);
    return name;
}

std::string SettingRef::full_name() const {
    return full_name_of(plugin->name, tunable->name);
}

std::string SettingRef::name_elsewhere() const {
    if (tunable->alias.empty() || !tunable->alias.contains(elsewhere)) {
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

DeclaredNames::DeclaredNames(const Plugin& plugin) : plugin_(&plugin) {
    declared_.reserve(plugin.banks.size());
    for (const auto& bank : plugin.banks) {
        declared_.push_back({.bank = bank.get(), .tunables = bank->tunables()});
    }
}

std::optional<SettingRef> DeclaredNames::setting(std::string_view name) const {
    for (const auto& [bank, tunables] : declared_) {
        for (const Tunable* tunable : tunables) {
            // Few are as long, and the rest need no look at what they say.
            if (tunable->name.size() == name.size() && tunable->name == name) {
                return SettingRef{plugin_, bank, tunable};
            }
        }
    }
    return std::nullopt;
}

std::vector<SettingRef> DeclaredNames::with_alias(std::string_view alias) const {
    std::vector<SettingRef> all;
    if (may_be_name_elsewhere(alias)) {
        return all;
    }
    for (const auto& [bank, tunables] : declared_) {
        for (const Tunable* tunable : tunables) {
            if (tunable->alias.size() >= alias.size() && has_word(tunable->alias, alias)) {
                all.push_back({plugin_, bank, tunable});
            }
        }
    }
    return all;
}

std::string_view DeclaredNames::declared_twice() const {
    std::vector<std::string_view> names;
    for (const auto& [bank, tunables] : declared_) {
        std::ranges::transform(tunables, std::back_inserter(names), &Tunable::name);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::adjacent_find(names);
    return repeated == names.end() ? std::string_view() : *repeated;
}

std::optional<KeyMeaning> DeclaredNames::meaning(std::string_view key) const {
    for (const auto& rule : plugin_->rules) {
        for (const Tunable& parameter : rule->parameters()) {
            if (parameter.name == key) {
                return KeyMeaning{.settings = {}, .parameter = {rule.get(), &parameter}};
            }
        }
    }
    if (const auto declared = setting(key)) {
        return KeyMeaning{.settings = {*declared}, .parameter = {}};
    }
    KeyMeaning group{.settings = with_alias(key), .parameter = {}};
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
