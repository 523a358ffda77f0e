#include "captured_profile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include "../text.hpp"
#include "model/resolved.hpp"
#include "service/service.hpp"

namespace nanotune::cli {

namespace {

/// Author's text for a value, as the parser will get it.
Input input_of(const Domain& domain, const Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) {
        return {.content = *flag, .origin = {}};
    }
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number != nullptr && domain.unit == Unit::none) {
        return {.content = *number, .origin = {}};
    }
    return {.content = printed(domain, value), .origin = {}};
}

bool can_be_written(const Captured& one) {
    const Domain& domain = one.setting.tunable->domain;
    const auto read_back = parsed(domain, input_of(domain, one.value));
    return read_back && *read_back == one.value;
}

/// The word of the section's header that selects the target.
std::string selecting_word(const Captured& one) {
    switch (one.setting.plugin->selector) {
        case Selector::device:
            return one.candidate.device.empty() ? one.candidate.target.name : one.candidate.device;
        case Selector::given:
            return one.candidate.target.name;
        case Selector::none:
        case Selector::ids:
        case Selector::label:
            return "";
    }
    return "";
}

/// One setting with every value that it was found with.
struct Found {
    SettingRef setting;
    std::vector<std::pair<Value, CpuSet>> values;  ///< and on which CPUs or nodes
};

void note(Found& found, const Captured& one) {
    auto same = std::ranges::find(found.values, one.value, &std::pair<Value, CpuSet>::first);
    if (same == found.values.end()) {
        found.values.emplace_back(one.value, CpuSet());
        same = std::prev(found.values.end());
    }
    same->second = same->second | one.candidate.ids;
}

class Sections {
  public:
    void add(const Found& found, const std::string& word) {
        const Plugin& plugin = *found.setting.plugin;
        if (plugin.selector == Selector::ids) {
            for (const auto& [value, ids] : found.values) {
                put(section(plugin, selector_for(ids)), found.setting, value);
            }
        } else if (found.values.size() == 1) {
            put(section(plugin, selector_for(word)), found.setting, found.values.front().first);
        } else {
            left_out_.push_back(fmt::format("{}{}{}: its queues or interrupts differ",
                                            found.setting.full_name(), word.empty() ? "" : " on ",
                                            word));
        }
    }

    void leave_out(const Captured& one) {
        left_out_.push_back(
            fmt::format("{} on {}: {} is not a value that a profile may set",
                        one.setting.full_name(), one.candidate.target.text(),
                        input_of(one.setting.tunable->domain, one.value).spelling()));
    }

    /// Once for all of its settings.
    void leave_out_device(const std::string& name) {
        std::string line = fmt::format("{}: in a profile, that name selects others", name);
        if (std::ranges::find(left_out_, line) == left_out_.end()) {
            left_out_.push_back(std::move(line));
        }
    }

    [[nodiscard]] std::string text() {
        std::ranges::move(sections_, std::back_inserter(profile_.sections));
        profile_.summary = captured_summary;
        std::string result = shown(profile_);
        if (!left_out_.empty()) {
            result += "\n# Left out:\n";
        }
        for (const std::string& line : left_out_) {
            result += fmt::format("#   {}\n", harmless(line));
        }
        return result;
    }

  private:
    static SectionSelector selector_for(const CpuSet& ids) {
        SectionSelector selector;
        selector.kind = ids.empty() ? SectionSelector::Kind::whole : SectionSelector::Kind::ids;
        selector.text = ids.list();
        selector.ids = ids;
        return selector;
    }

    static SectionSelector selector_for(const std::string& word) {
        SectionSelector selector;
        selector.kind = word.empty() ? SectionSelector::Kind::whole : SectionSelector::Kind::name;
        selector.text = word;
        return selector;
    }

    ResolvedSection& section(const Plugin& plugin, SectionSelector selector) {
        const auto found = std::ranges::find_if(sections_, [&](const ResolvedSection& known) {
            return known.plugin == &plugin && known.selector.text == selector.text;
        });
        if (found != sections_.end()) {
            return *found;
        }
        ResolvedSection added;
        added.plugin = &plugin;
        added.selector = std::move(selector);
        sections_.push_back(std::move(added));
        return sections_.back();
    }

    static void put(ResolvedSection& section, const SettingRef& setting, const Value& value) {
        ResolvedSetting added;
        added.key = setting.tunable->name;
        added.settings = {setting};
        added.value = value;
        section.settings.push_back(std::move(added));
    }

    ResolvedProfile profile_;
    std::vector<ResolvedSection> sections_;
    std::vector<std::string> left_out_;
};

}  // namespace

std::string captured_profile(const std::vector<Captured>& captured) {
    using Place = std::pair<std::string, std::string>;  // setting and selecting word
    std::vector<Place> order;
    std::map<Place, Found> found;
    Sections sections;
    for (const Captured& one : captured) {
        if (one.setting.plugin->selector == Selector::label) {
            continue;  // a label is the author's word for a process: the host knows none
        }
        if (!can_be_written(one)) {
            sections.leave_out(one);
            continue;
        }
        if (selecting_word(one).find_first_of("*?[$") != std::string::npos) {
            sections.leave_out_device(selecting_word(one));
            continue;
        }
        const Place place(one.setting.full_name(), selecting_word(one));
        const auto [entry, is_new] = found.try_emplace(place);
        if (is_new) {
            entry->second.setting = one.setting;
            order.push_back(place);
        }
        note(entry->second, one);
    }
    for (const Place& place : order) {
        sections.add(found.at(place), place.second);
    }
    return sections.text();
}

}  // namespace nanotune::cli
