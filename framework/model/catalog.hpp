// Every setting that the plugins declare, found by the names that authors use. A plugin that is
// only on offer is loaded when the first of its names is asked for.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "declared.hpp"

namespace nanotune {

/// A plugin that is there to be had.
struct PluginOffer {
    std::string name;
    std::vector<std::string> names_elsewhere;  ///< those of names_elsewhere()
    /// Makes the plugin, which was made before and declares no name twice.
    std::function<Result<Plugin>()> load;
};

/// Looking up loads what is on offer: one thread uses it at a time.
class Catalog {
  public:
    /// Takes the plugin in. Errors: conflict when its name, or a setting's, is already there.
    Status add(Plugin added);
    /// Loads the plugin when it is asked for; one that cannot be loaded then is refused.
    void offer(PluginOffer offered);
    /// Remembers why a plugin is not among them, for profiles that need it.
    void refuse(std::string name, std::string reason);
    /// The reason, or nullptr for a plugin that was not refused.
    [[nodiscard]] const std::string* refusal_of(std::string_view name) const;

    /// All of them, by name.
    [[nodiscard]] std::vector<const Plugin*> plugins() const;
    [[nodiscard]] const Plugin* plugin(std::string_view name) const;

    /// What `key` means in a section of `plugin`. Errors: not_found with the nearest key; refused
    /// with the reason for keys that must not be set.
    [[nodiscard]] Result<KeyMeaning> meaning(const Plugin& plugin, std::string_view key) const;
    /// The setting with this full name, as journals and reports hold it. Errors: not_found.
    [[nodiscard]] Result<SettingRef> setting(std::string_view full_name) const;
    /// The setting of another plugin's that has this full name too ("memory.swappiness" for
    /// "sysctl.vm.swappiness"), where that plugin is there.
    [[nodiscard]] std::optional<SettingRef> owner_of_alias(std::string_view full_name) const;
    /// Whether the word begins a key of the plugin ("coalesce" of nic): then it cannot be a
    /// selector.
    [[nodiscard]] static bool begins_a_key(const Plugin& plugin, std::string_view word);
    /// Every declared key of the plugin, settings and parameters, aliases left out, in table order.
    [[nodiscard]] static std::vector<const Tunable*> keys(const Plugin& plugin);
    /// Every key that authors may write, as they write it: those of keys(), but what has another
    /// key (Tunable::written_as) by that one, and the patterns of names that only a host knows.
    struct Written {
        Tunable tunable;             ///< its name is the key
        const Bank* bank = nullptr;  ///< nullptr for a parameter of a rule
    };
    [[nodiscard]] static std::vector<Written> written_keys(const Plugin& plugin);
    /// Every declared setting.
    [[nodiscard]] std::vector<SettingRef> settings() const;

  private:
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };
    template <typename T>
    using ByName = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;
    struct Contents {
        [[nodiscard]] const Plugin* plugin(std::string_view name) const;
        Status add(Plugin added);
        /// One that was offered, and so tried.
        Status take(Plugin tried, const PluginOffer& offered);
        [[nodiscard]] Status is_new(const Plugin& added) const;
        const Plugin& keep(Plugin added);
        void keep_names_elsewhere(const Plugin& plugin);

        std::deque<Plugin> plugins;
        std::unordered_map<const Plugin*, DeclaredNames> names;
        ByName<PluginOffer> offers;
        ByName<std::string> offered_elsewhere;      // the plugin's name, by names_elsewhere
        ByName<std::string> refused;                // why, by the plugin's name
        ByName<std::vector<SettingRef>> elsewhere;  // by names_elsewhere
        // Tunables that open banks made on demand.
        std::deque<std::string> interned;
        std::deque<Tunable> opened;
        ByName<SettingRef> known_by_full_name;  // that were opened, or asked for
    };
    [[nodiscard]] Result<KeyMeaning> opened(const Plugin& plugin, std::string_view name) const;
    void demand(std::string_view plugin) const;

    // Grows on demand, and never changes what it holds: so lookups are const.
    std::unique_ptr<Contents> contents_ = std::make_unique<Contents>();
};

}  // namespace nanotune
