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

/// One after the other in one text: a line costs no memory of its own.
class Lines {
  public:
    explicit Lines(std::size_t count) {
        constexpr std::size_t usual = 80;
        text_.reserve(count * usual);
        ends_.reserve(count);
    }
    /// Takes what a line consists of at its end.
    [[nodiscard]] std::string& text() { return text_; }
    void end() { ends_.push_back(text_.size()); }
    /// In order, each once; valid as long as nothing is added.
    [[nodiscard]] std::vector<std::string_view> sorted() const {
        std::vector<std::string_view> lines;
        lines.reserve(ends_.size());
        std::size_t begin = 0;
        for (const std::size_t end : ends_) {
            lines.push_back(std::string_view(text_).substr(begin, end - begin));
            begin = end;
        }
        std::ranges::sort(lines);
        lines.erase(std::ranges::unique(lines).begin(), lines.end());
        return lines;
    }

  private:
    std::string text_;
    std::vector<std::size_t> ends_;
};

void append_names(std::string& text, const CanonicalItem& item) {
    std::vector<SettingName> names = names_of(item);
    std::ranges::sort(names, {}, full_text);
    for (const auto& [plugin, key] : names) {
        text.append(&key == &names.front().second ? "" : "|");
        text.append(plugin).append(1, '.').append(key);
    }
}

void append_item(std::string& text, const CanonicalItem& item, std::string_view selector) {
    text.append(selector).append(1, ' ');
    append_names(text, item);
    text.append(1, ' ').append(std::to_string(item.layer));
    if (item.setting == nullptr) {
        text.append(" unset ");
        return;
    }
    text.append(item.setting->optional ? " optional " : " required ");
    append_value(text, *item.setting);
    if (item.setting->drift) {
        text.append(" drift ").append(name_of(*item.setting->drift));
    }
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
    Lines lines(items.size() + profile.sections.size() + profile.forbidden.size() + 1);
    const ResolvedSection* section = nullptr;
    std::string selector;  // of that section
    for (const CanonicalItem& item : items) {
        if (std::exchange(section, item.section) != item.section) {
            selector = selector_text(section->selector);
        }
        append_item(lines.text(), item, selector);
        lines.end();
    }
    for (const ResolvedSection& each : profile.sections) {
        lines.text().append("section ").append(each.plugin->name).append(1, ' ');
        lines.text().append(selector_text(each.selector));
        lines.end();
    }
    for (const Impact impact : profile.forbidden) {
        lines.text().append("forbid ").append(name_of(impact));
        lines.end();
    }
    if (profile.drift) {
        lines.text().append("drift ").append(name_of(*profile.drift));
        lines.end();
    }
    std::string text = fmt::format(
        "nanotune profile 1\n{}\nhousekeeping {}\nirq {}\ndatapath {}\nisolated {}\n",
        profile.keep_on_failure ? "keep" : "rollback", request_text(profile.housekeeping),
        request_text(profile.irq), request_text(profile.datapath), request_text(profile.isolated));
    text.reserve(text.size() + lines.text().size() + items.size());
    for (const std::string_view line : lines.sorted()) {
        text.append(line).append(1, '\n');
    }
    return sha256(text);
}

}  // namespace nanotune
