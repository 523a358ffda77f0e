#include "merge.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace nanotune {
namespace {

std::vector<std::string> names_of(const Plugin& plugin, const std::vector<SettingRef>& settings,
                                  const ParameterRef& parameter) {
    std::vector<std::string> names;
    names.reserve(settings.size() + 1);
    for (const SettingRef& setting : settings) {
        names.push_back(setting.full_name());
    }
    if (parameter.parameter != nullptr) {
        names.push_back(fmt::format("{}.{}", plugin.name, parameter.parameter->name));
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

/// A target and a name, as texts: the unit of merging.
using Spot = std::pair<std::string, std::string>;

class Claims {
  public:
    /// True when a higher layer has claimed all of the names already.
    bool are_all_taken(const std::string& target, const std::vector<std::string>& names,
                       std::size_t layer) const {
        return std::ranges::all_of(names, [&](const std::string& name) {
            const auto found = taken_.find({target, name});
            return found != taken_.end() && found->second > layer;
        });
    }
    void take(const std::string& target, const std::vector<std::string>& names, std::size_t layer) {
        for (const std::string& name : names) {
            taken_.emplace(Spot{target, name}, layer);
        }
    }

  private:
    std::map<Spot, std::size_t> taken_;
};

void drop_replaced(ResolvedSection& section, Claims& claims) {
    const std::string target = selector_text(section.selector);
    std::erase_if(section.settings, [&](const ResolvedSetting& setting) {
        return claims.are_all_taken(target, names_of(*section.plugin, setting), section.layer);
    });
    std::erase_if(section.unset, [&](const ResolvedUnset& unset) {
        return claims.are_all_taken(target, names_of(*section.plugin, unset), section.layer);
    });
    for (const ResolvedSetting& setting : section.settings) {
        claims.take(target, names_of(*section.plugin, setting), section.layer);
    }
    for (const ResolvedUnset& unset : section.unset) {
        claims.take(target, names_of(*section.plugin, unset), section.layer);
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
    std::set<std::string> set_somewhere;
    for (const ResolvedSection& section : sections) {
        for (const ResolvedSetting& setting : section.settings) {
            for (std::string& name : names_of(*section.plugin, setting)) {
                set_somewhere.insert(std::move(name));
            }
        }
    }
    for (ResolvedSection& section : sections) {
        std::erase_if(section.unset, [&](const ResolvedUnset& unset) {
            return std::ranges::none_of(
                names_of(*section.plugin, unset),
                [&](const std::string& name) { return set_somewhere.contains(name); });
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

std::vector<std::string> names_of(const Plugin& plugin, const ResolvedSetting& setting) {
    return names_of(plugin, setting.settings, setting.parameter);
}

std::vector<std::string> names_of(const Plugin& plugin, const ResolvedUnset& unset) {
    return names_of(plugin, unset.settings, unset.parameter);
}

std::string value_text(const ResolvedSetting& setting) {
    if (setting.value) {
        return (setting.at_least ? "at least v" : "v") + encoded(*setting.value);
    }
    if (!setting.expression.empty()) {
        return "e" + setting.expression;
    }
    std::string text = "r";
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
        append(text, joined);
    }
    return text;
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

std::vector<Finding> contradictions_in(const std::vector<ResolvedSection>& sections) {
    using Place = std::tuple<std::size_t, std::string, std::string>;
    struct Said {
        std::string value;
        Origin origin;
    };
    std::map<Place, Said> said;
    std::vector<Finding> findings;
    const auto say = [&](const ResolvedSection& section, const std::string& key,
                         const std::vector<std::string>& names, const std::string& value,
                         const Origin& origin) {
        const std::string target = selector_text(section.selector);
        for (const std::string& name : names) {
            const auto [first, is_new] =
                said.try_emplace({section.layer, target, name}, Said{value, origin});
            if (!is_new && first->second.value != value) {
                findings.push_back(
                    {origin,
                     {ErrorCode::conflict,
                      fmt::format(
                          "{}{} has another value at {}{}; one file can give it only one", name,
                          target_text(section.selector), first->second.origin.text(),
                          name.ends_with("." + key) ? "" : " (" + key + " is its alias)")}});
                return;
            }
        }
    };
    for (const ResolvedSection& section : sections) {
        for (const ResolvedSetting& setting : section.settings) {
            say(section, setting.key, names_of(*section.plugin, setting), value_text(setting),
                setting.origin);
        }
        for (const ResolvedUnset& unset : section.unset) {
            say(section, unset.key, names_of(*section.plugin, unset), "unset", unset.origin);
        }
    }
    return findings;
}

std::vector<ResolvedSection> merged(std::vector<ResolvedSection> sections) {
    Claims claims;
    for (ResolvedSection& section : std::views::reverse(sections)) {
        drop_replaced(section, claims);
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
