#include "canonical.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "merge.hpp"
#include "sha256.hpp"

namespace nanotune {
namespace {

std::vector<SettingName> names_of(const CanonicalItem& item) {
    return item.setting != nullptr ? nanotune::names_of(*item.section->plugin, *item.setting)
                                   : nanotune::names_of(*item.section->plugin, *item.unset);
}

/// Items that could ever be compared: they share a setting, directly or through a group alias.
class Groups {
  public:
    explicit Groups(const std::vector<CanonicalItem>& items) : parents_(items.size()) {
        std::iota(parents_.begin(), parents_.end(), std::size_t{0});
        std::map<SettingName, std::size_t> first_with;
        for (std::size_t i = 0; i < items.size(); ++i) {
            for (const SettingName& name : names_of(items[i])) {
                const auto [first, is_new] = first_with.try_emplace(name, i);
                if (!is_new) {
                    parents_[root(i)] = root(first->second);
                }
            }
        }
    }

    std::vector<std::vector<std::size_t>> members() {
        std::map<std::size_t, std::vector<std::size_t>> by_root;
        for (std::size_t i = 0; i < parents_.size(); ++i) {
            by_root[root(i)].push_back(i);
        }
        std::vector<std::vector<std::size_t>> members;
        members.reserve(by_root.size());
        for (auto& [root, group] : by_root) {
            members.push_back(std::move(group));
        }
        return members;
    }

  private:
    std::size_t root(std::size_t i) {
        while (parents_[i] != i) {
            parents_[i] = parents_[parents_[i]];
            i = parents_[i];
        }
        return i;
    }

    std::vector<std::size_t> parents_;
};

bool may_overlap(const SectionSelector& a, const SectionSelector& b) {
    const bool both_named =
        a.kind == SectionSelector::Kind::name && b.kind == SectionSelector::Kind::name;
    return !both_named || a.text == b.text;
}

/// Whether ranks alone would pick another winner than layers do.
bool need_layers(const std::vector<CanonicalItem>& items, const std::vector<std::size_t>& group) {
    const auto disagree = [&](std::size_t above, std::size_t below) {
        const ResolvedSection& a = *items[above].section;
        const ResolvedSection& b = *items[below].section;
        return a.layer > b.layer && a.selector.rank() <= b.selector.rank() &&
               may_overlap(a.selector, b.selector);
    };
    const auto first_layer = items[group.front()].section->layer;
    if (std::ranges::all_of(
            group, [&](std::size_t i) { return items[i].section->layer == first_layer; })) {
        return false;
    }
    return std::ranges::any_of(group, [&](std::size_t above) {
        return std::ranges::any_of(group,
                                   [&](std::size_t below) { return disagree(above, below); });
    });
}

void number_layers(std::vector<CanonicalItem>& items, const std::vector<std::size_t>& group) {
    std::set<std::size_t> layers;
    for (const std::size_t i : group) {
        layers.insert(items[i].section->layer);
    }
    for (const std::size_t i : group) {
        items[i].layer = static_cast<std::size_t>(
            std::distance(layers.begin(), layers.find(items[i].section->layer)));
    }
}

std::string request_text(const CpuRequest& request) {
    return request.text.empty() ? "auto" : request.text;
}

constexpr std::size_t usual_item = 64;  // beside its selector

std::string item_text(const CanonicalItem& item, std::string_view selector) {
    std::vector<SettingName> names = names_of(item);
    std::ranges::sort(names, {}, full_text);
    std::string text;
    text.reserve(selector.size() + usual_item);
    text.append(selector).append(" ");
    for (const auto& [plugin, key] : names) {
        text.append(&key == &names.front().second ? "" : "|");
        text.append(plugin).append(".").append(key);
    }
    text.append(" ").append(std::to_string(item.layer));
    if (item.setting == nullptr) {
        return text + " unset ";
    }
    text.append(item.setting->optional ? " optional " : " required ");
    text.append(value_text(*item.setting));
    if (item.setting->drift) {
        text.append(" drift ").append(name_of(*item.setting->drift));
    }
    return text;
}

}  // namespace

std::vector<CanonicalItem> canonical_items(const ResolvedProfile& profile) {
    std::vector<CanonicalItem> items;
    std::size_t count = 0;
    for (const ResolvedSection& section : profile.sections) {
        count += section.settings.size() + section.unset.size();
    }
    items.reserve(count);
    for (const ResolvedSection& section : profile.sections) {
        for (const ResolvedSetting& setting : section.settings) {
            items.push_back({&section, &setting, nullptr, 0});
        }
        for (const ResolvedUnset& unset : section.unset) {
            items.push_back({&section, nullptr, &unset, 0});
        }
    }
    if (have_layers(profile.sections)) {
        for (const auto& group : Groups(items).members()) {
            if (need_layers(items, group)) {
                number_layers(items, group);
            }
        }
    }
    return items;
}

std::string hash_of(const ResolvedProfile& profile) {
    const std::vector<CanonicalItem> items = canonical_items(profile);
    std::vector<std::string> lines;
    lines.reserve(items.size() + profile.sections.size());
    const ResolvedSection* section = nullptr;
    std::string selector;  // of that section
    for (const CanonicalItem& item : items) {
        if (std::exchange(section, item.section) != item.section) {
            selector = selector_text(section->selector);
        }
        lines.push_back(item_text(item, selector));
    }
    for (const ResolvedSection& each : profile.sections) {
        lines.push_back(
            fmt::format("section {} {}", each.plugin->name, selector_text(each.selector)));
    }
    for (const Impact impact : profile.forbidden) {
        lines.push_back(fmt::format("forbid {}", name_of(impact)));
    }
    if (profile.drift) {
        lines.push_back(fmt::format("drift {}", name_of(*profile.drift)));
    }
    std::ranges::sort(lines);
    lines.erase(std::ranges::unique(lines).begin(), lines.end());
    std::string text = fmt::format(
        "nanotune profile 1\n{}\nhousekeeping {}\nirq {}\ndatapath {}\nisolated {}\n",
        profile.keep_on_failure ? "keep" : "rollback", request_text(profile.housekeeping),
        request_text(profile.irq), request_text(profile.datapath), request_text(profile.isolated));
    for (const std::string& line : lines) {
        text += line;
        text += '\n';
    }
    return sha256(text);
}

}  // namespace nanotune
