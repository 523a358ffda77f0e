#include "layer_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

namespace nanotune {
namespace {

const std::string* text_of(const ProfileNode& node) {
    return node.value ? std::get_if<std::string>(&node.value->content) : nullptr;
}

std::string spelling_of(const ProfileNode& node) {
    if (!node.value) {
        return "a table";
    }
    const auto* list = std::get_if<InputList>(&node.value->content);
    if (list == nullptr) {
        return node.value->spelling();
    }
    const auto other = std::ranges::find_if(*list, [](const Input& element) {
        return !std::holds_alternative<std::string>(element.content);
    });
    return other == list->end() ? "a list" : "a list with " + other->spelling();
}

/// The texts of a string or a list of strings; nothing where it is neither.
std::optional<std::vector<std::pair<std::string, Origin>>> texts_of(const Input& input) {
    if (const auto* text = std::get_if<std::string>(&input.content)) {
        return std::vector{std::pair(*text, input.origin)};
    }
    const auto* list = std::get_if<InputList>(&input.content);
    if (list == nullptr) {
        return std::nullopt;
    }
    std::vector<std::pair<std::string, Origin>> texts;
    for (const Input& element : *list) {
        const auto* text = std::get_if<std::string>(&element.content);
        if (text == nullptr) {
            return std::nullopt;
        }
        texts.emplace_back(*text, element.origin);
    }
    return texts;
}

std::optional<Impact> impact_named(std::string_view word) {
    for (const Impact impact : {Impact::drops_packets, Impact::bounces_link,
                                Impact::moves_processes, Impact::disturbs_clock}) {
        if (name_of(impact) == word) {
            return impact;
        }
    }
    return std::nullopt;
}

}  // namespace

void LayerReader::complain(const Origin& origin, std::string message) {
    layer_.findings.push_back({origin, {ErrorCode::invalid, std::move(message)}});
}

void LayerReader::read(std::vector<ProfileNode> nodes) {
    for (ProfileNode& node : nodes) {
        if (!node.is_table()) {
            complain(
                node.origin,
                fmt::format("{} stands outside every table; settings stand below the [name] of "
                            "their plugin",
                            node.key));
        } else if (node.key == "profile") {
            read_profile(node);
        } else if (node.key == "vars") {
            read_variables(node);
        } else if (node.key == "cpus") {
            read_cpus(node);
        } else {
            layer_.tables.push_back(std::move(node));
        }
    }
}

void LayerReader::read_profile(const ProfileNode& table) {
    static const std::array<std::string, 5> keys = {"summary", "extends", "on_failure", "forbid",
                                                    "drift"};
    for (const ProfileNode& node : table.nodes) {
        const std::string* text = text_of(node);
        if (node.key == "extends") {
            read_extends(node);
        } else if (node.key == "forbid") {
            read_forbid(node);
        } else if (node.key == "drift") {
            // Like the tables' own words it is read with them: layers decide whose counts.
            layer_.tables.push_back(
                {.key = table.key, .origin = table.origin, .value = {}, .nodes = {node}});
        } else if (node.key == "summary" && text != nullptr) {
            layer_.summary = *text;
        } else if (node.key == "on_failure" && text != nullptr &&
                   (*text == "rollback" || *text == "keep")) {
            layer_.on_failure = *text;
        } else if (node.key == "summary" || node.key == "on_failure") {
            complain(node.origin,
                     fmt::format("profile.{}: {} is expected, not {}", node.key,
                                 node.key == "summary" ? "a text" : R"("rollback" or "keep")",
                                 spelling_of(node)));
        } else {
            complain(node.origin, fmt::format("[profile] has no key {}{}", node.key,
                                              did_you_mean(node.key, keys)));
        }
    }
}

void LayerReader::read_extends(const ProfileNode& node) {
    auto names = node.value ? texts_of(*node.value) : std::nullopt;
    if (!names) {
        complain(node.origin, fmt::format("profile.extends: a name or a list of names is expected, "
                                          "not {}",
                                          spelling_of(node)));
        return;
    }
    layer_.extends = *std::move(names);
}

void LayerReader::read_forbid(const ProfileNode& node) {
    static const std::array<std::string, 4> words = {"drops", "bounces", "moves", "clock"};
    const auto names = node.value ? texts_of(*node.value) : std::nullopt;
    if (!names) {
        complain(node.origin,
                 fmt::format("profile.forbid: a list of drops, bounces, moves or clock "
                             "is expected, not {}",
                             spelling_of(node)));
        return;
    }
    for (const auto& [word, origin] : *names) {
        if (const auto impact = impact_named(word)) {
            layer_.forbidden.push_back(*impact);
        } else {
            complain(origin, fmt::format("profile.forbid: {} is none of drops, bounces, moves and "
                                         "clock{}",
                                         word, did_you_mean(word, words)));
        }
    }
}

void LayerReader::read_variables(const ProfileNode& table) {
    for (const ProfileNode& node : table.nodes) {
        if (node.value && texts_of(*node.value)) {
            layer_.variables.emplace_back(node.key, *node.value);
            layer_.variables.back().second.origin = node.origin;
        } else {
            complain(node.origin, fmt::format("vars.{}: a text or a list of texts is expected, not "
                                              "{}",
                                              node.key, spelling_of(node)));
        }
    }
}

void LayerReader::read_cpus(const ProfileNode& table) {
    const std::vector<std::string> names(std::begin(cpu_set_names), std::end(cpu_set_names));
    for (const ProfileNode& node : table.nodes) {
        if (std::ranges::find(names, node.key) == names.end()) {
            complain(node.origin, fmt::format("[cpus] has no set {}{}", node.key,
                                              did_you_mean(node.key, names)));
            continue;
        }
        if (!node.value || text_of(node) == nullptr) {
            complain(node.origin,
                     fmt::format("cpus.{}: a CPU list such as \"2-3\", or \"auto\", is expected, "
                                 "not {}",
                                 node.key, spelling_of(node)));
            continue;
        }
        layer_.cpus.emplace_back(node.key, *node.value);
        layer_.cpus.back().second.origin = node.origin;
    }
}

}  // namespace nanotune
