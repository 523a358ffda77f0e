#include "merge.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "full_name.hpp"

namespace nanotune {
namespace {

/// Few plugins have settings of the same name.
struct HashOfName {
    std::size_t operator()(const SettingName& name) const noexcept {
        return std::hash<std::string_view>{}(name.second);
    }
};

template <typename T>
using ByName = std::unordered_map<SettingName, T, HashOfName>;

/// What a key of a section, set or unset, stands for.
std::vector<SettingName> names_in(const Plugin& plugin, const auto& said) {
    std::vector<SettingName> names;
    names.reserve(said.settings.size() + 1);
    for (const SettingRef& setting : said.settings) {
        names.emplace_back(setting.plugin->name, setting.tunable->name);
    }
    if (said.parameter.parameter != nullptr) {
        names.emplace_back(plugin.name, said.parameter.parameter->name);
    }
    return names;
}

// Length first, so that no text can be mistaken for two.
void append(std::string& text, std::string_view part) {
    text.append(std::to_string(part.size())).append(1, ':').append(part);
}

std::string target_text(const SectionSelector& selector) {
    std::string text = selector.text.empty() ? std::string() : " of " + selector.text;
    if (!selector.queues.empty()) {
        text += (text.empty() ? " of queue " : " queue ") + selector.queues.list();
    }
    return text;
}

/// The highest layer, so far, that says something of a name, by targets.
class Claims {
  public:
    using OfTarget = ByName<std::size_t>;

    OfTarget& of(const SectionSelector& selector) { return taken_[selector_text(selector)]; }

    /// True when a higher layer has claimed all of the names already.
    static bool are_all_taken(const OfTarget& taken, const std::vector<SettingName>& names,
                              std::size_t layer) {
        return std::ranges::all_of(names, [&](const SettingName& name) {
            const auto found = taken.find(name);
            return found != taken.end() && found->second > layer;
        });
    }
    static void take(OfTarget& taken, const std::vector<SettingName>& names, std::size_t layer) {
        for (const SettingName& name : names) {
            taken.emplace(name, layer);
        }
    }

  private:
    std::map<std::string, OfTarget> taken_;
};

void drop_replaced(ResolvedSection& section, Claims& claims) {
    Claims::OfTarget& taken = claims.of(section.selector);
    const auto is_replaced = [&](const auto& said) {
        return Claims::are_all_taken(taken, names_in(*section.plugin, said), section.layer);
    };
    std::erase_if(section.settings, is_replaced);
    std::erase_if(section.unset, is_replaced);
    for (const ResolvedSetting& setting : section.settings) {
        Claims::take(taken, names_in(*section.plugin, setting), section.layer);
    }
    for (const ResolvedUnset& unset : section.unset) {
        Claims::take(taken, names_in(*section.plugin, unset), section.layer);
    }
}

bool is_same_setting(const ResolvedSetting& a, const ResolvedSetting& b) {
    return a.settings == b.settings && a.parameter.parameter == b.parameter.parameter;
}

void unite(ResolvedSection& into, ResolvedSection&& section) {
    for (ResolvedSetting& setting : section.settings) {
        if (std::ranges::none_of(into.settings, [&](const ResolvedSetting& other) {
                return is_same_setting(other, setting);
            })) {
            into.settings.push_back(std::move(setting));
        }
    }
    std::ranges::move(section.unset, std::back_inserter(into.unset));
    into.is_cut = into.is_cut || section.is_cut;
}

void drop_idle_unsets(std::vector<ResolvedSection>& sections) {
    if (std::ranges::all_of(sections, [](const auto& section) { return section.unset.empty(); })) {
        return;
    }
    std::set<SettingName> set_somewhere;
    for (const ResolvedSection& section : sections) {
        for (const ResolvedSetting& setting : section.settings) {
            const std::vector<SettingName> names = names_in(*section.plugin, setting);
            set_somewhere.insert(names.begin(), names.end());
        }
    }
    for (ResolvedSection& section : sections) {
        std::erase_if(section.unset, [&](const ResolvedUnset& unset) {
            return std::ranges::none_of(
                names_in(*section.plugin, unset),
                [&](const SettingName& name) { return set_somewhere.contains(name); });
        });
    }
}

// A section that a higher layer emptied says nothing that the higher one does not.
void drop_emptied(std::vector<ResolvedSection>& sections) {
    std::set<std::pair<const Plugin*, std::string>> said;
    for (ResolvedSection& section : std::views::reverse(sections)) {
        const bool is_new = said.emplace(section.plugin, selector_text(section.selector)).second;
        if (!is_new && section.settings.empty() && section.unset.empty() && !section.is_cut) {
            section.plugin = nullptr;
        }
    }
    std::erase_if(sections,
                  [](const ResolvedSection& section) { return section.plugin == nullptr; });
}

}  // namespace

bool have_layers(const std::vector<ResolvedSection>& sections) {
    return std::ranges::any_of(sections, [&](const ResolvedSection& section) {
        return section.layer != sections.front().layer;
    });
}

std::vector<SettingName> names_of(const Plugin& plugin, const ResolvedSetting& setting) {
    return names_in(plugin, setting);
}

std::vector<SettingName> names_of(const Plugin& plugin, const ResolvedUnset& unset) {
    return names_in(plugin, unset);
}

std::string full_text(const SettingName& name) {
    return full_name_of(name.first, name.second);
}

void append_value(std::string& out, const ResolvedSetting& setting) {
    if (setting.value) {
        out.append(setting.at_least ? "at least v" : "v").append(encoded(*setting.value));
        return;
    }
    if (!setting.expression.empty()) {
        out.append(1, 'e').append(setting.expression);
        return;
    }
    out += 'r';
    for (const ResolvedRow& row : setting.rows) {
        std::vector<std::string> cells;
        for (const ResolvedSetting& cell : row.columns) {
            std::string& one = cells.emplace_back();
            append(one, cell.key);
            append(one, value_text(cell));
        }
        std::ranges::sort(cells);
        std::string joined;
        for (const std::string& cell : cells) {
            joined += cell;
        }
        append(out, joined);
    }
}

std::string selector_text(const SectionSelector& selector) {
    std::string text = std::to_string(static_cast<int>(selector.kind));
    append(text, selector.text);
    for (const auto* pairs : {&selector.match, &selector.when}) {
        text.append(1, ';').append(std::to_string(pairs->size()));
        for (const auto& [key, value] : *pairs) {
            append(text, key);
            append(text, value);
        }
    }
    return selector.queues.empty() ? text : text + ";queue " + selector.queues.list();
}

namespace {

/// What was said first of a name; without a setting it was unset.
struct Said {
    const ResolvedSetting* setting = nullptr;
    const Origin& origin;

    [[nodiscard]] std::string text() const {
        return setting == nullptr ? "unset" : value_text(*setting);
    }
};

/// Of one layer and target.
class OneTarget {
  public:
    explicit OneTarget(std::size_t names) : said_(names) {}  // to reserve later takes libm
    /// Nothing, where it is the first or says the same.
    std::optional<Finding> add(const SectionSelector& selector, std::string_view key,
                               const std::vector<SettingName>& names, const Said& said) {
        for (const SettingName& name : names) {
            const auto [first, is_new] = said_.try_emplace(name, said);
            if (is_new || first->second.text() == said.text()) {
                continue;
            }
            const std::string full = full_text(name);
            const bool is_own = full.ends_with(fmt::format(".{}", key));
            return Finding{
                said.origin,
                {ErrorCode::conflict,
                 fmt::format("{}{} has another value at {}{}; one file can give it only one", full,
                             target_text(selector), first->second.origin.text(),
                             is_own ? "" : fmt::format(" ({} is its alias)", key))}};
        }
        return std::nullopt;
    }

  private:
    ByName<Said> said_;
};

}  // namespace

std::vector<Finding> contradictions_in(const std::vector<ResolvedSection>& sections) {
    std::map<std::pair<std::size_t, std::string>, OneTarget> targets;
    std::vector<Finding> findings;
    for (const ResolvedSection& section : sections) {
        OneTarget& target = targets
                                .try_emplace({section.layer, selector_text(section.selector)},
                                             section.settings.size() + section.unset.size())
                                .first->second;
        const auto add = [&](const auto& said, const ResolvedSetting* setting) {
            if (auto finding =
                    target.add(section.selector, said.key, names_in(*section.plugin, said),
                               {.setting = setting, .origin = said.origin})) {
                findings.push_back(*std::move(finding));
            }
        };
        for (const ResolvedSetting& setting : section.settings) {
            add(setting, &setting);
        }
        for (const ResolvedUnset& unset : section.unset) {
            add(unset, nullptr);
        }
    }
    return findings;
}

std::vector<ResolvedSection> merged(std::vector<ResolvedSection> sections) {
    if (have_layers(sections)) {
        Claims claims;
        for (ResolvedSection& section : std::views::reverse(sections)) {
            drop_replaced(section, claims);
        }
    }
    std::map<std::tuple<const Plugin*, std::size_t, std::string>, std::size_t> places;
    std::vector<ResolvedSection> united;
    for (ResolvedSection& section : sections) {
        const auto [place, is_new] = places.try_emplace(
            {section.plugin, section.layer, selector_text(section.selector)}, united.size());
        if (is_new) {
            united.push_back(std::move(section));
        } else {
            unite(united[place->second], std::move(section));
        }
    }
    drop_idle_unsets(united);
    drop_emptied(united);
    return united;
}

}  // namespace nanotune
