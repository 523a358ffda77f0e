#include "section_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

namespace nanotune {
namespace {

void add(std::vector<Finding>& findings, const Origin& origin, std::string message) {
    findings.push_back({origin, {ErrorCode::invalid, std::move(message)}});
}

bool is_value_table(const ProfileNode& node) {
    return node.is_table() && node.find("value") != nullptr;
}

SectionKey key_of(std::string key, const ProfileNode& node, std::vector<Finding>& findings) {
    SectionKey out{.key = std::move(key),
                   .value = node.value ? &*node.value : nullptr,
                   .origin = &node.origin};
    static const std::array<std::string, 4> known = {"value", "optional", "at_least", "drift"};
    const auto flag_in = [&](const ProfileNode& part) {
        const auto* flag = part.value ? std::get_if<bool>(&part.value->content) : nullptr;
        if (flag == nullptr) {
            add(findings, part.origin, fmt::format("{}: {} is true or false", out.key, part.key));
        }
        return flag != nullptr && *flag;
    };
    for (const ProfileNode& part : node.nodes) {
        if (part.key == "value") {
            out.value = part.value ? &*part.value : nullptr;
        } else if (part.key == "optional") {
            out.optional = flag_in(part);
        } else if (part.key == "at_least") {
            out.at_least = flag_in(part);
            out.at_least_origin = &part.origin;
        } else if (part.key == "drift") {
            out.drift = drift_policy_in(part, findings);
            out.drift_origin = &part.origin;
        } else {
            add(findings, part.origin,
                fmt::format("{}: a value can be {{ value = ..., optional = true, at_least = "
                            "true, drift = ... }}, without {}{}",
                            out.key, part.key, did_you_mean(part.key, known)));
        }
    }
    if (out.value == nullptr) {
        add(findings, node.origin, fmt::format("{}: a value is expected, not a table", out.key));
    }
    return out;
}

void flatten(const std::string& prefix, const ProfileNode& node, SectionText& section,
             std::vector<Finding>& findings) {
    std::string key = prefix.empty() ? node.key : prefix + "." + node.key;
    if (node.is_table() && !is_value_table(node)) {
        for (const ProfileNode& below : node.nodes) {
            flatten(key, below, section, findings);
        }
        return;
    }
    if (SectionKey found = key_of(std::move(key), node, findings); found.value != nullptr) {
        section.keys.push_back(std::move(found));
    }
}

constexpr std::string_view words_of_sections[] = {"match", "when", "unset", "layers", "drift"};

bool is_reserved(std::string_view key) {
    return std::ranges::find(words_of_sections, key) != std::end(words_of_sections);
}

/// Takes what is no setting (match, when, unset, layers, drift), or the settings of the node.
void take(const ProfileNode& node, SectionText& section, std::vector<Finding>& findings) {
    if (node.key == "match") {
        section.match = &node;
    } else if (node.key == "when" && node.is_table() && !is_value_table(node)) {
        section.when = &node;
    } else if (node.key == "unset") {
        section.unset = &node;
    } else if (node.key == "layers" && node.is_table()) {
        section.layers = &node;
    } else if (node.key == "drift") {
        section.drift = &node;
    } else {
        flatten({}, node, section, findings);
    }
}

/// Where there is no room that is said, at each place that had needed some.
bool take_room(const SectionText& section, SectionRoom& room, std::vector<Finding>& findings) {
    const bool has_room = room.take(section);
    if (!has_room) {
        findings.push_back(
            {section.origin,
             {ErrorCode::exhausted,
              fmt::format("more than {} sections, or {} settings in them, lists counted by their "
                          "elements: this one is not read",
                          SectionRoom::section_limit, SectionRoom::key_limit)}});
    }
    return has_room;
}

bool add(std::vector<SectionText>& sections, const SectionText& section, SectionRoom& room,
         std::vector<Finding>& findings) {
    if (!take_room(section, room, findings)) {
        return false;
    }
    sections.push_back(section);
    return true;
}

/// The section once for each target that the table's word stands for. Numbers stay one section:
/// "${a},${b}" is a set.
void name_each(const SectionText& section, const ProfileNode& node, const Variables& variables,
               SectionRoom& room, std::vector<SectionText>& sections,
               std::vector<Finding>& findings) {
    if (section.plugin->selector == Selector::ids) {
        if (auto word = variables.joined(node.key, node.origin, CpuReference::as_word, findings)) {
            if (add(sections, section, room, findings)) {
                sections.back().word = *std::move(word);
            }
        }
        return;
    }
    for (VariableElement& element :
         variables.each(node.key, node.origin, CpuReference::refused, findings)) {
        if (element.text.empty()) {
            add(findings, node.origin,
                fmt::format("[{}.\"{}\"]: the name is empty; an empty list of names makes no table",
                            section.plugin->name, node.key));
            continue;
        }
        if (!add(sections, section, room, findings)) {
            return;
        }
        sections.back().word = std::move(element.text);
        sections.back().bindings = std::move(element.bindings);
    }
}

/// [nic.eth0.queue], whose tables are for single queues.
bool has_queues(const Plugin& plugin, const ProfileNode& node) {
    return plugin.selector == Selector::device && node.key == "queue" && node.is_table() &&
           !is_value_table(node);
}

/// One section for each table of queues below `node`, not yet named after a device.
std::vector<SectionText> queues_in(const SectionText& device, const ProfileNode& node,
                                   const Variables& variables, std::vector<Finding>& findings) {
    std::vector<SectionText> sections;
    for (const ProfileNode& queue : node.nodes) {
        if (!queue.is_table() || is_value_table(queue)) {
            add(findings, queue.origin,
                fmt::format("{}: the settings of a queue stand in a table such as "
                            "[{}.NIC.queue.\"0-1\"]",
                            queue.key, device.plugin->name));
            continue;
        }
        auto numbers = variables.joined(queue.key, queue.origin, CpuReference::refused, findings);
        if (!numbers) {
            continue;
        }
        SectionText& section = sections.emplace_back(
            SectionText{.plugin = device.plugin, .layer = device.layer, .origin = queue.origin});
        section.queues = *std::move(numbers);
        for (const ProfileNode& below : queue.nodes) {
            take(below, section, findings);
        }
    }
    return sections;
}

}  // namespace

bool is_own_word(const Plugin& plugin, std::string_view word) {
    return is_reserved(word) || Catalog::begins_a_key(plugin, word);
}

bool SectionRoom::take(const SectionText& section) {
    if (sections_ == 0 || keys_ < section.keys.size()) {
        return false;
    }
    --sections_;
    keys_ -= section.keys.size();
    return true;
}

std::optional<DriftPolicy> drift_policy_in(const ProfileNode& node,
                                           std::vector<Finding>& findings) {
    const auto* word = node.value ? std::get_if<std::string>(&node.value->content) : nullptr;
    const auto policy = word == nullptr ? std::nullopt : drift_policy_named(*word);
    if (!policy) {
        add(findings, node.origin,
            fmt::format("drift: {} is expected, not {}", drift_policy_words,
                        node.value ? node.value->spelling() : "a table"));
    }
    return policy;
}

std::vector<SectionText> sections_of(const Plugin& plugin, const ProfileNode& table,
                                     std::size_t layer, const Variables& variables,
                                     SectionRoom& room, std::vector<Finding>& findings) {
    SectionText whole{.plugin = &plugin, .layer = layer, .origin = table.origin};
    bool has_whole = false;
    whole.keys.reserve(table.nodes.size());
    std::vector<SectionText> sections;
    for (const ProfileNode& node : table.nodes) {
        const bool is_section = plugin.selector != Selector::none && node.is_table() &&
                                !is_value_table(node) && !is_own_word(plugin, node.key);
        if (!is_section) {
            take(node, whole, findings);
            has_whole = true;
            continue;
        }
        SectionText section{.plugin = &plugin, .layer = layer, .origin = node.origin};
        if (has_queues(plugin, node)) {
            for (const SectionText& queues : queues_in(section, node, variables, findings)) {
                add(sections, queues, room, findings);
            }
            continue;
        }
        bool has_own = node.nodes.empty();
        section.keys.reserve(node.nodes.size());
        for (const ProfileNode& below : node.nodes) {
            if (has_queues(plugin, below)) {
                for (const SectionText& queues : queues_in(section, below, variables, findings)) {
                    name_each(queues, node, variables, room, sections, findings);
                }
            } else {
                take(below, section, findings);
                has_own = true;
            }
        }
        if (has_own) {
            name_each(section, node, variables, room, sections, findings);
        }
    }
    if (has_whole && take_room(whole, room, findings)) {
        sections.insert(sections.begin(), std::move(whole));
    }
    return sections;
}

}  // namespace nanotune
