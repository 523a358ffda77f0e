#include "catalog.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "nearest.hpp"

namespace nanotune {
namespace {

std::string full(std::string_view plugin, std::string_view key) {
    std::string name;
    name.reserve(plugin.size() + 1 + key.size());
    return name.append(plugin).append(1, '.').append(key);
}

/// An alias with a dot-separated first word that is another plugin's name is a full name already.
std::string full_alias(const Plugin& plugin, std::string_view alias) {
    return alias.starts_with("sysctl.") ? std::string(alias) : full(plugin.name, alias);
}

std::string_view name_declared_twice(const Plugin& plugin) {
    std::vector<std::string_view> names;
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            names.push_back(tunable->name);
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::adjacent_find(names);
    return repeated == names.end() ? std::string_view() : *repeated;
}

}  // namespace

std::string SettingRef::full_name() const {
    return full(plugin->name, tunable->name);
}

Status Catalog::add(Plugin added) {
    if (this->plugin(added.name) != nullptr) {
        return failure(ErrorCode::conflict,
                       fmt::format("plugin {} is already loaded from {}", added.name,
                                   this->plugin(added.name)->file));
    }
    if (const auto repeated = name_declared_twice(added); !repeated.empty()) {
        return failure(ErrorCode::conflict,
                       fmt::format("plugin {} declares {} twice", added.name, repeated));
    }
    plugins_.push_back(std::move(added));
    const Plugin& plugin = plugins_.back();
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            const SettingRef setting{&plugin, bank.get(), tunable};
            by_full_name_.emplace(setting.full_name(), setting);
            for (const std::string_view alias : words_of(tunable->alias)) {
                by_alias_[full_alias(plugin, alias)].push_back(setting);
            }
        }
    }
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            parameters_.emplace(full(plugin.name, parameter.name),
                                ParameterRef{rule.get(), &parameter});
        }
    }
    return {};
}

void Catalog::refuse(std::string name, std::string reason) {
    refused_.insert_or_assign(std::move(name), std::move(reason));
}

const std::string* Catalog::refusal_of(std::string_view name) const {
    const auto found = refused_.find(name);
    return found == refused_.end() ? nullptr : &found->second;
}

const Plugin* Catalog::plugin(std::string_view name) const {
    const auto found = std::ranges::find(plugins_, name, &Plugin::name);
    return found == plugins_.end() ? nullptr : &*found;
}

Result<KeyMeaning> Catalog::meaning(const Plugin& plugin, std::string_view key) const {
    const std::string name = full(plugin.name, key);
    if (const auto found = parameters_.find(name); found != parameters_.end()) {
        return KeyMeaning{.settings = {}, .parameter = found->second};
    }
    if (const auto found = by_full_name_.find(name); found != by_full_name_.end()) {
        return KeyMeaning{.settings = {found->second}, .parameter = {}};
    }
    if (const auto found = by_alias_.find(name); found != by_alias_.end()) {
        return KeyMeaning{.settings = found->second, .parameter = {}};
    }
    return opened(plugin, key);
}

Result<KeyMeaning> Catalog::opened(const Plugin& plugin, std::string_view key) const {
    const std::string name = full(plugin.name, key);
    if (const auto found = opened_by_full_name_.find(name); found != opened_by_full_name_.end()) {
        return KeyMeaning{.settings = {found->second}, .parameter = {}};
    }
    for (const auto& bank : plugin.banks) {
        const std::string& interned = interned_.emplace_back(key);
        NT_TRY(const auto tunable, bank->open(interned));
        if (!tunable) {
            interned_.pop_back();
            continue;
        }
        // The canonical name may be a declared one, or one that is open already.
        if (tunable->name != key) {
            return meaning(plugin, std::string(tunable->name));
        }
        const SettingRef setting{&plugin, bank.get(), &opened_.emplace_back(*tunable)};
        opened_by_full_name_.emplace(setting.full_name(), setting);
        return KeyMeaning{.settings = {setting}, .parameter = {}};
    }
    std::vector<std::string> known;
    for (const Tunable* tunable : keys(plugin)) {
        known.emplace_back(tunable->name);
        for (const std::string_view alias : words_of(tunable->alias)) {
            known.emplace_back(alias);
        }
    }
    return failure(ErrorCode::not_found, fmt::format("{} has no setting {}{}", plugin.name, key,
                                                     did_you_mean(key, known)));
}

Result<SettingRef> Catalog::setting(std::string_view full_name) const {
    if (const auto found = by_full_name_.find(full_name); found != by_full_name_.end()) {
        return found->second;
    }
    const std::size_t dot = full_name.find('.');
    const Plugin* owner = this->plugin(full_name.substr(0, dot));
    if (owner == nullptr || dot == std::string_view::npos) {
        const std::string* why = refusal_of(full_name.substr(0, dot));
        return failure(ErrorCode::not_found,
                       why == nullptr
                           ? fmt::format("no loaded plugin has the setting {}", full_name)
                           : fmt::format("the plugin of {} is refused: {}", full_name, *why));
    }
    NT_TRY(const KeyMeaning found, opened(*owner, full_name.substr(dot + 1)));
    if (found.settings.size() != 1) {
        return failure(ErrorCode::not_found, fmt::format("{} is not one setting", full_name));
    }
    return found.settings.front();
}

bool Catalog::begins_a_key(const Plugin& plugin, std::string_view word) const {
    const auto begins = [&](std::string_view key) {
        return key == word || (key.starts_with(word) && key.substr(word.size()).starts_with('.'));
    };
    return std::ranges::any_of(keys(plugin), [&](const Tunable* tunable) {
        return begins(tunable->name) || std::ranges::any_of(words_of(tunable->alias), begins);
    });
}

std::vector<const Tunable*> Catalog::keys(const Plugin& plugin) {
    std::vector<const Tunable*> keys;
    std::set<std::string_view> seen;
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            if (seen.insert(parameter.name).second) {
                keys.push_back(&parameter);
            }
        }
    }
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            if (seen.insert(tunable->name).second) {
                keys.push_back(tunable);
            }
        }
    }
    return keys;
}

std::vector<SettingRef> Catalog::settings() const {
    std::vector<SettingRef> settings;
    for (const Plugin& plugin : plugins_) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                settings.push_back({&plugin, bank.get(), tunable});
            }
        }
    }
    return settings;
}

}  // namespace nanotune
