#include "section_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "nearest.hpp"

namespace nanotune {
namespace {

void add(std::vector<Finding>& findings, const Origin& origin, std::string message) {
    findings.push_back({origin, {ErrorCode::invalid, std::move(message)}});
}

bool is_value_table(const ProfileNode& node) {
    return node.is_table() && node.find("value") != nullptr;
}

SectionKey key_of(std::string key, const ProfileNode& node, std::vector<Finding>& findings) {
    SectionKey out{std::move(key), node.value ? &*node.value : nullptr, false, node.origin};
    static const std::array<std::string, 2> known = {"value", "optional"};
    for (const ProfileNode& part : node.nodes) {
        if (part.key == "value") {
            out.value = part.value ? &*part.value : nullptr;
        } else if (part.key == "optional" && part.value &&
                   std::holds_alternative<bool>(part.value->content)) {
            out.optional = std::get<bool>(part.value->content);
        } else if (part.key == "optional") {
            add(findings, part.origin, fmt::format("{}: optional is true or false", out.key));
        } else {
            add(findings, part.origin,
                fmt::format("{}: a value can be {{ value = ..., optional = true }}, without {}{}",
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
    const std::string key = prefix.empty() ? node.key : prefix + "." + node.key;
    if (node.is_table() && !is_value_table(node)) {
        for (const ProfileNode& below : node.nodes) {
            flatten(key, below, section, findings);
        }
        return;
    }
    if (SectionKey found = key_of(key, node, findings); found.value != nullptr) {
        section.keys.push_back(std::move(found));
    }
}

/// Takes what is no setting (match, when, unset, layers), or the settings of the node.
void take(const ProfileNode& node, SectionText& section, std::vector<Finding>& findings) {
    if (node.key == "match") {
        section.match = &node;
    } else if (node.key == "when" && node.is_table() && !is_value_table(node)) {
        section.when = &node;
    } else if (node.key == "unset") {
        section.unset = &node;
    } else if (node.key == "layers" && node.is_table()) {
        section.layers = &node;
    } else {
        flatten({}, node, section, findings);
    }
}

bool is_reserved(std::string_view key) {
    return key == "match" || key == "when" || key == "unset" || key == "layers";
}

}  // namespace

std::vector<SectionText> sections_of(const Plugin& plugin, const Catalog& catalog,
                                     const ProfileNode& table, std::size_t layer,
                                     const Variables& variables, std::vector<Finding>& findings) {
    SectionText whole{.plugin = &plugin, .layer = layer, .origin = table.origin};
    bool has_whole = table.nodes.empty();
    std::vector<SectionText> sections;
    for (const ProfileNode& node : table.nodes) {
        const bool is_section = plugin.selector != Selector::none && node.is_table() &&
                                !is_value_table(node) && !is_reserved(node.key) &&
                                !catalog.begins_a_key(plugin, node.key);
        if (!is_section) {
            take(node, whole, findings);
            has_whole = true;
            continue;
        }
        const CpuReference cpus =
            plugin.selector == Selector::ids ? CpuReference::as_word : CpuReference::refused;
        const bool joined = plugin.selector == Selector::ids;
        SectionText section{.plugin = &plugin, .layer = layer, .origin = node.origin};
        for (const ProfileNode& below : node.nodes) {
            take(below, section, findings);
        }
        if (joined) {
            if (auto word = variables.joined(node.key, node.origin, cpus, findings)) {
                section.word = *std::move(word);
                sections.push_back(std::move(section));
            }
            continue;
        }
        for (std::string& word : variables.each(node.key, node.origin, cpus, findings)) {
            sections.push_back(section);
            sections.back().word = std::move(word);
        }
    }
    if (has_whole) {
        sections.insert(sections.begin(), std::move(whole));
    }
    return sections;
}

}  // namespace nanotune
