// Every setting that the loaded plugins declare, found by the names that authors use.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nanotune/bank.hpp>
#include <nanotune/plugin.hpp>
#include <nanotune/rule.hpp>

namespace nanotune {

/// A loaded plugin: its name and what it defined. Owned by the Catalog, never unloaded.
struct Plugin {
    std::string name;
    std::string summary;
    std::string file;  ///< where it was loaded from
    Selector selector = Selector::none;
    std::vector<std::unique_ptr<Bank>> banks;
    std::vector<std::unique_ptr<Rule>> rules;
};

/// A tunable with the bank that reads and writes it. Points into the Catalog.
struct SettingRef {
    const Plugin* plugin = nullptr;
    const Bank* bank = nullptr;
    const Tunable* tunable = nullptr;

    /// "nic.coalesce.rx_usecs"
    [[nodiscard]] std::string full_name() const;
    friend bool operator==(const SettingRef&, const SettingRef&) = default;
};

/// A key of a rule.
struct ParameterRef {
    const Rule* rule = nullptr;
    const Tunable* parameter = nullptr;
};

/// What a key of a plugin's section stands for: settings (several for a group alias such as
/// features.tso), or one parameter of a rule.
struct KeyMeaning {
    std::vector<SettingRef> settings;
    ParameterRef parameter;
};

class Catalog {
  public:
    /// Takes the plugin in. Errors: conflict when its name, or a setting's, is already there.
    Status add(Plugin added);
    /// Remembers why a plugin is not among them, for profiles that need it.
    void refuse(std::string name, std::string reason);
    /// The reason, or nullptr for a plugin that was not refused.
    [[nodiscard]] const std::string* refusal_of(std::string_view name) const;

    [[nodiscard]] const std::deque<Plugin>& plugins() const { return plugins_; }
    [[nodiscard]] const Plugin* plugin(std::string_view name) const;

    /// What `key` means in a section of `plugin`. Errors: not_found with the nearest key; refused
    /// with the reason for keys that must not be set.
    [[nodiscard]] Result<KeyMeaning> meaning(const Plugin& plugin, std::string_view key) const;
    /// The setting with this full name, as journals and reports hold it. Errors: not_found.
    [[nodiscard]] Result<SettingRef> setting(std::string_view full_name) const;
    /// Whether the word begins a key of the plugin ("coalesce" of nic): then it cannot be a
    /// selector.
    [[nodiscard]] bool begins_a_key(const Plugin& plugin, std::string_view word) const;
    /// Every declared key of the plugin, settings and parameters, aliases left out, in table order.
    [[nodiscard]] static std::vector<const Tunable*> keys(const Plugin& plugin);
    /// Every declared setting.
    [[nodiscard]] std::vector<SettingRef> settings() const;

  private:
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };
    [[nodiscard]] Result<KeyMeaning> opened(const Plugin& plugin, std::string_view key) const;

    std::deque<Plugin> plugins_;
    template <typename T>
    using ByName = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

    ByName<std::string> refused_;  // why, by the plugin's name
    ByName<SettingRef> by_full_name_;
    ByName<std::vector<SettingRef>> by_alias_;  // full alias names
    ByName<ParameterRef> parameters_;           // full names
    // Tunables that open banks made on demand. Grows only; the engine's thread is the only user.
    mutable std::deque<std::string> interned_;
    mutable std::deque<Tunable> opened_;
    mutable ByName<SettingRef> opened_by_full_name_;
};

}  // namespace nanotune
