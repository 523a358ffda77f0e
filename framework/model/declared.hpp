// What a loaded plugin declares, found by the names that its section's keys have.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    /// Its full name in another plugin's section, "sysctl.vm.swappiness"; "" for none.
    [[nodiscard]] std::string name_elsewhere() const;
    friend bool operator==(const SettingRef&, const SettingRef&) = default;
};

/// Whether it may be put back by itself where somebody else has changed it: it is written, that
/// disturbs nobody, and it is no datapath's, whose switch and whose end are the operator's.
[[nodiscard]] bool may_be_repaired(const SettingRef& setting);

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

/// The keys of one plugin's section. Of the many that there are a command asks for a few: they are
/// compared with what the rows say, and no index of them is made. The plugin must outlive it.
class DeclaredNames {
  public:
    explicit DeclaredNames(const Plugin& plugin);

    [[nodiscard]] std::optional<KeyMeaning> meaning(std::string_view key) const;
    /// Of a setting's own name, never an alias.
    [[nodiscard]] std::optional<SettingRef> setting(std::string_view name) const;
    /// A name that two settings have, or "". Takes longer than all that a command looks up.
    [[nodiscard]] std::string_view declared_twice() const;

  private:
    struct OfBank {
        const Bank* bank;
        std::vector<const Tunable*> tunables;
    };
    [[nodiscard]] std::vector<SettingRef> with_alias(std::string_view alias) const;

    const Plugin* plugin_;
    std::vector<OfBank> declared_;
};

/// A name that a setting of the plugin has in another plugin's section: "sysctl.vm.swappiness".
struct NameElsewhere {
    std::string name;
    SettingRef setting;
};
[[nodiscard]] std::vector<NameElsewhere> names_elsewhere(const Plugin& plugin);
/// Whether a full name could be one of those, of whatever plugin.
[[nodiscard]] bool may_be_name_elsewhere(std::string_view full_name);

}  // namespace nanotune
