#include "captured_profile.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "../text.hpp"
#include "model/resolved.hpp"
#include "model/section_text.hpp"
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

/// What keeps a section from being for the device of that name; "" for nothing.
std::string_view why_unspeakable(const Plugin& plugin, const std::string& name) {
    if (name.find_first_of("*?[$") != std::string::npos) {
        return "selects others";
    }
    if (!is_utf8(name)) {
        return "cannot be written: it is no UTF-8";
    }
    const bool is_taken = !name.empty() && (name == "queue" || is_own_word(plugin, name));
    return is_taken ? "is a word of its own" : "";
}

/// A value, and what was found with it.
struct FoundValue {
    Value value;
    CpuSet ids = {};            ///< CPUs, nodes or queues
    bool is_of_others = false;  ///< of something without a number, too: an interrupt of no queue
};

/// One setting with every value that it was found with.
struct Found {
    SettingRef setting;
    std::vector<FoundValue> values;
};

void note(Found& found, const Captured& one) {
    auto same = std::ranges::find(found.values, one.value, &FoundValue::value);
    if (same == found.values.end()) {
        found.values.push_back({.value = one.value});
        same = std::prev(found.values.end());
    }
    same->ids = same->ids | one.candidate.ids;
    same->is_of_others = same->is_of_others || one.candidate.ids.empty();
}

/// What the device has for all of its queues is found of those alone that differ from it.
bool is_of_some_queues(const Found& found) {
    return !found.setting.tunable->written_as.empty() && !found.values.front().is_of_others;
}

/// Whether tables of single CPUs, nodes or queues, beside the one of all, can say which has which.
bool can_be_told_apart(const Found& found) {
    CpuSet numbers;
    std::size_t of_others = 0;
    for (const FoundValue& one : found.values) {
        if (numbers.intersects(one.ids)) {
            return false;  // the two interrupts of one queue
        }
        numbers = numbers | one.ids;
        of_others += one.is_of_others ? 1 : 0;
    }
    return of_others <= 1;
}

class Sections {
  public:
    void add(const Found& found, const std::string& word) {
        const Plugin& plugin = *found.setting.plugin;
        if (!can_be_told_apart(found)) {
            left_out_.push_back(fmt::format(
                "{}{}{}: it has several values, and no table of a profile tells which is whose",
                found.setting.full_name(), word.empty() ? "" : " on ", word));
            return;
        }
        for (const FoundValue& one : found.values) {
            const CpuSet ids = one.is_of_others ? CpuSet() : one.ids;
            const bool is_of_all = found.values.size() == 1 && !is_of_some_queues(found);
            if (plugin.selector == Selector::ids) {
                put(section(plugin, selector_for(ids)), found.setting, one.value);
            } else {
                SectionSelector selector = selector_for(word);
                selector.queues = is_of_all ? CpuSet() : ids;
                put(section(plugin, std::move(selector)), found.setting, one.value);
            }
        }
    }

    void leave_out(const Captured& one) {
        left_out_.push_back(
            fmt::format("{} on {}: {} is not a value that a profile may set",
                        one.setting.full_name(), one.candidate.target.text(),
                        input_of(one.setting.tunable->domain, one.value).spelling()));
    }

    /// Once for all of its settings.
    void leave_out_device(const std::string& name, std::string_view why) {
        std::string line = fmt::format("{}: in a profile, that name {}", name, why);
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
            return known.plugin == &plugin && known.selector.text == selector.text &&
                   known.selector.queues == selector.queues;
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
        const Tunable& tunable = *setting.tunable;
        added.key = section.selector.queues.empty() || tunable.written_as.empty()
                        ? tunable.name
                        : tunable.written_as;
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
        const std::string word = selecting_word(one);
        if (const std::string_view why = why_unspeakable(*one.setting.plugin, word); !why.empty()) {
            sections.leave_out_device(word, why);
            continue;
        }
        const Place place(one.setting.full_name(), word);
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
