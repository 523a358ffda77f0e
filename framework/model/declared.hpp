// What a loaded plugin declares, found by the names that its section's keys have.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
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

/// What is found by names that are views of a plugin's own declarations. Most of them are never
/// asked for: so only numbers are put in order, and texts are compared where these are equal.
template <typename T>
class ByDeclaredName {
  public:
    void add(std::string_view name, const T& what) {
        order_.push_back(number_of(name) | entries_.size());
        entries_.emplace_back(name, what);
    }
    /// After the last was added, and before the first is looked for.
    void sort() { std::ranges::sort(order_); }
    /// Those of the name, in the order in which they were added.
    [[nodiscard]] std::vector<T> all(std::string_view name) const {
        std::vector<T> all;
        for (const std::uint64_t at : near(number_of(name))) {
            if (const auto& [its, what] = entry(at); its == name) {
                all.push_back(what);
            }
        }
        return all;
    }
    /// The first of the name, or nullptr.
    [[nodiscard]] const T* first(std::string_view name) const {
        for (const std::uint64_t at : near(number_of(name))) {
            if (const auto& [its, what] = entry(at); its == name) {
                return &what;
            }
        }
        return nullptr;
    }
    /// A name that two have, or "".
    [[nodiscard]] std::string_view repeated() const {
        for (std::size_t i = 1; i < order_.size(); ++i) {
            const std::uint64_t at = order_[i];
            const bool is_alone = (order_[i - 1] & ~places) != (at & ~places);
            const std::string_view name = entry(at).first;
            if (!is_alone && first(name) != &entry(at).second) {
                return name;
            }
        }
        return {};
    }

  private:
    /// The upper half of its hash, with room for a place among the entries below.
    static std::uint64_t number_of(std::string_view name) {
        return std::uint64_t{std::hash<std::string_view>{}(name)} & ~places;
    }
    /// Those whose name may be the one with the number.
    [[nodiscard]] auto near(std::uint64_t number) const {
        const auto begin = std::ranges::lower_bound(order_, number);
        const auto end = std::find_if(
            begin, order_.end(), [number](std::uint64_t at) { return (at & ~places) != number; });
        return std::ranges::subrange(begin, end);
    }
    [[nodiscard]] const std::pair<std::string_view, T>& entry(std::uint64_t at) const {
        return entries_[at & places];
    }

    static constexpr std::uint64_t places = 0xFFFFFFFFU;
    std::vector<std::pair<std::string_view, T>> entries_;  // as added
    std::vector<std::uint64_t> order_;                     // number_of each, and its place
};

/// The keys of one plugin's section. They are views of its own declarations, so none is copied;
/// the plugin must outlive them.
class DeclaredNames {
  public:
    explicit DeclaredNames(const Plugin& plugin);

    [[nodiscard]] std::optional<KeyMeaning> meaning(std::string_view key) const;
    /// Of a setting's own name, never an alias; nullptr where there is none.
    [[nodiscard]] const SettingRef* setting(std::string_view name) const {
        return settings_.first(name);
    }
    /// A name that two settings have, or "".
    [[nodiscard]] std::string_view declared_twice() const { return settings_.repeated(); }

  private:
    ByDeclaredName<SettingRef> settings_;
    ByDeclaredName<ParameterRef> parameters_;
    ByDeclaredName<SettingRef> aliases_;
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
