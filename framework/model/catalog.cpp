#include "catalog.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "full_name.hpp"

namespace nanotune {

Status Catalog::Contents::add(Plugin added) {
    NT_CHECK(is_new(added));
    if (const auto repeated = DeclaredNames(added).declared_twice(); !repeated.empty()) {
        return failure(ErrorCode::conflict,
                       fmt::format("plugin {} declares {} twice", added.name, repeated));
    }
    keep_names_elsewhere(keep(std::move(added)));
    return {};
}

Status Catalog::Contents::take(Plugin tried, const PluginOffer& offered) {
    NT_CHECK(is_new(tried));
    const Plugin& plugin = keep(std::move(tried));
    if (!offered.names_elsewhere.empty()) {
        keep_names_elsewhere(plugin);
    }
    return {};
}

Status Catalog::Contents::is_new(const Plugin& added) const {
    const Plugin* same = this->plugin(added.name);
    return same == nullptr
               ? Status()
               : failure(ErrorCode::conflict, fmt::format("plugin {} is already loaded from {}",
                                                          added.name, same->file));
}

const Plugin& Catalog::Contents::keep(Plugin added) {
    const Plugin& plugin = plugins.emplace_back(std::move(added));
    names.emplace(&plugin, plugin);
    return plugin;
}

void Catalog::Contents::keep_names_elsewhere(const Plugin& plugin) {
    for (auto& [name, setting] : names_elsewhere(plugin)) {
        elsewhere[std::move(name)].push_back(setting);
    }
}

Status Catalog::add(Plugin added) {
    return contents_->add(std::move(added));
}

void Catalog::offer(PluginOffer offered) {
    for (const std::string& name : offered.names_elsewhere) {
        contents_->offered_elsewhere.emplace(name, offered.name);
    }
    std::string name = offered.name;
    contents_->offers.emplace(std::move(name), std::move(offered));
}

void Catalog::demand(std::string_view plugin) const {
    const auto found = contents_->offers.find(plugin);
    if (found == contents_->offers.end()) {
        return;
    }
    const PluginOffer offered = std::move(found->second);
    contents_->offers.erase(found);
    auto loaded = offered.load();
    const Status added =
        loaded ? contents_->take(*std::move(loaded), offered) : std::unexpected(loaded.error());
    if (!added) {
        contents_->refused.insert_or_assign(offered.name, added.error().message);
    }
}

void Catalog::refuse(std::string name, std::string reason) {
    contents_->refused.insert_or_assign(std::move(name), std::move(reason));
}

const std::string* Catalog::refusal_of(std::string_view name) const {
    demand(name);
    const auto found = contents_->refused.find(name);
    return found == contents_->refused.end() ? nullptr : &found->second;
}

const Plugin* Catalog::Contents::plugin(std::string_view name) const {
    const auto found = std::ranges::find(plugins, name, &Plugin::name);
    return found == plugins.end() ? nullptr : &*found;
}

const Plugin* Catalog::plugin(std::string_view name) const {
    demand(name);
    return contents_->plugin(name);
}

std::vector<const Plugin*> Catalog::plugins() const {
    while (!contents_->offers.empty()) {
        demand(std::string(contents_->offers.begin()->first));
    }
    std::vector<const Plugin*> plugins;
    plugins.reserve(contents_->plugins.size());
    for (const Plugin& plugin : contents_->plugins) {
        plugins.push_back(&plugin);
    }
    std::ranges::sort(plugins, {}, &Plugin::name);
    return plugins;
}

Result<KeyMeaning> Catalog::meaning(const Plugin& plugin, std::string_view key) const {
    const std::string name = full_name_of(plugin.name, key);
    if (const auto found = contents_->offered_elsewhere.find(name);
        found != contents_->offered_elsewhere.end()) {
        demand(found->second);
    }
    const DeclaredNames& declared = contents_->names.at(&plugin);
    if (auto meant = declared.meaning(key)) {
        return *std::move(meant);
    }
    if (key.contains('-')) {  // as ethtool spells it
        std::string spelled(key);
        std::ranges::replace(spelled, '-', '_');
        if (auto meant = declared.meaning(spelled)) {
            return *std::move(meant);
        }
    }
    if (const auto found = contents_->elsewhere.find(name); found != contents_->elsewhere.end()) {
        return KeyMeaning{.settings = found->second, .parameter = {}};
    }
    return opened(plugin, name);
}

Result<KeyMeaning> Catalog::opened(const Plugin& plugin, std::string_view name) const {
    const std::string_view key = name.substr(plugin.name.size() + 1);
    auto& known_by_name = contents_->known_by_full_name;
    if (const auto found = known_by_name.find(name); found != known_by_name.end()) {
        return KeyMeaning{.settings = {found->second}, .parameter = {}};
    }
    for (const auto& bank : plugin.banks) {
        const std::string& interned = contents_->interned.emplace_back(key);
        NT_TRY(auto tunable, bank->open(interned));
        if (!tunable) {
            contents_->interned.pop_back();
            continue;
        }
        // The canonical name may be a declared one, or one that is open already.
        if (tunable->name != key) {
            return meaning(plugin, std::string(tunable->name));
        }
        const SettingRef setting{&plugin, bank.get(),
                                 &contents_->opened.emplace_back(*std::move(tunable))};
        known_by_name.emplace(name, setting);
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
    auto& known_by_name = contents_->known_by_full_name;
    if (const auto found = known_by_name.find(full_name); found != known_by_name.end()) {
        return found->second;
    }
    const std::size_t dot = full_name.find('.');
    const Plugin* owner = plugin(full_name.substr(0, dot));
    if (owner != nullptr && dot != std::string_view::npos) {
        if (const auto declared = contents_->names.at(owner).setting(full_name.substr(dot + 1))) {
            known_by_name.emplace(full_name, *declared);
            return *declared;
        }
    }
    if (owner == nullptr || dot == std::string_view::npos) {
        const std::string* why = refusal_of(full_name.substr(0, dot));
        return failure(ErrorCode::not_found,
                       why == nullptr
                           ? fmt::format("no loaded plugin has the setting {}", full_name)
                           : fmt::format("the plugin of {} is refused: {}", full_name, *why));
    }
    NT_TRY(const KeyMeaning found, opened(*owner, full_name));
    if (found.settings.size() != 1) {
        return failure(ErrorCode::not_found, fmt::format("{} is not one setting", full_name));
    }
    return found.settings.front();
}

std::optional<SettingRef> Catalog::owner_of_alias(std::string_view full_name) const {
    if (!may_be_name_elsewhere(full_name)) {
        return std::nullopt;
    }
    if (const auto found = contents_->offered_elsewhere.find(full_name);
        found != contents_->offered_elsewhere.end()) {
        demand(found->second);
    }
    const auto found = contents_->elsewhere.find(full_name);
    const bool is_one = found != contents_->elsewhere.end() && found->second.size() == 1;
    return is_one ? std::optional(found->second.front()) : std::nullopt;
}

std::vector<SettingRef> Catalog::settings() const {
    std::vector<SettingRef> settings;
    for (const Plugin* plugin : plugins()) {
        for (const auto& bank : plugin->banks) {
            for (const Tunable* tunable : bank->tunables()) {
                settings.push_back({plugin, bank.get(), tunable});
            }
        }
    }
    return settings;
}

}  // namespace nanotune
