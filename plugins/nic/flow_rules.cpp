// All rules of a device are one setting: what is not in it is taken away, and rollback brings it
// back, whoever made it.
#include "flow_rules.hpp"

#include <algorithm>
#include <map>

#include <nanotune/words.hpp>

#include "flow_rule.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view no_rules = "none";

std::vector<std::string_view> rules_in(std::string_view text) {
    std::vector<std::string_view> rules;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(",;"), text.size());
        if (!split_words(text.substr(0, end)).empty()) {
            rules.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return rules;
}

/// By location. Errors: invalid.
Result<std::map<std::uint32_t, FlowRule>> table_in(std::string_view text) {
    std::map<std::uint32_t, FlowRule> table;
    const auto rules = rules_in(text == no_rules ? std::string_view() : text);
    for (std::uint32_t place = 0; place < rules.size(); ++place) {
        NT_TRY(FlowRule rule, flow_rule_in(rules[place], place));
        const std::uint32_t location = location_of(rule);
        if (!table.emplace(location, std::move(rule)).second) {
            return failure(ErrorCode::invalid, "two rules are at " + std::to_string(location));
        }
    }
    return table;
}

std::string table_text(const std::map<std::uint32_t, FlowRule>& table) {
    std::string text;
    for (const auto& [location, rule] : table) {
        text += (text.empty() ? "" : "; ") + text_of(rule);
    }
    return text.empty() ? std::string(no_rules) : text;
}

Result<std::map<std::uint32_t, FlowRule>> table_of(System& system, const Target& nic) {
    NT_TRY(std::vector<FlowRule> rules, system.ethtool().flow_rules(nic.name));
    std::map<std::uint32_t, FlowRule> table;
    for (FlowRule& rule : rules) {
        const std::uint32_t location = location_of(rule);
        table.emplace(location, std::move(rule));
    }
    return table;
}

Result<std::string> read_rules(System& system, const Target& nic) {
    NT_TRY(const auto table, table_of(system, nic));
    const auto with_context =
        std::ranges::find_if(table, [](const auto& one) { return sends_to_context(one.second); });
    if (with_context != table.end()) {
        return failure(ErrorCode::conflict,
                       "rule " + std::to_string(with_context->first) + " of " + nic.name +
                           " sends to a context of the receive hash, which could not be put back");
    }
    return table_text(table);
}

Status write_rules(System& system, const Target& nic, const std::string& text) {
    NT_TRY(const auto wanted, table_in(text));
    NT_TRY(const auto now, table_of(system, nic));
    const auto is_same = [](const auto& table, const auto& one) {
        const auto found = table.find(one.first);
        return found != table.end() && text_of(found->second) == text_of(one.second);
    };
    for (const auto& one : now) {
        if (!is_same(wanted, one)) {
            NT_CHECK(system.ethtool().remove_flow_rule(nic.name, one.first));
        }
    }
    for (const auto& one : wanted) {
        if (!is_same(now, one)) {
            auto put = system.ethtool().put_flow_rule(nic.name, one.second);
            if (!put) {
                return std::unexpected(std::move(put).error().within(text_of(one.second)));
            }
        }
    }
    return {};
}

constexpr WordsRow rows[] = {
    {{.name = "ntuple.rules",
      .domain = with_samples(
          normal_text(normal_flow_rules,
                      "a list of rules such as \"udp4 dst-ip 239.1.1.1 dst-port 5000 queue "
                      "2\", or \"none\""),
          "udp4 dst-port 5000 queue 0 at 0"),
      .summary = "All rules by which the NIC steers single flows to queues; it takes any only with "
                 "features.ntuple.",
      .witness = {.none = "ethtool prints each rule over many lines, in words of its own"}},
     read_rules,
     nullptr,
     write_rules},
};

}  // namespace

Result<std::string> normal_flow_rules(std::string_view text) {
    NT_TRY(const auto table, table_in(text));
    return table_text(table);
}

std::span<const WordsRow> flow_rule_rows() {
    return packed<rows>;
}

}  // namespace nanotune::nic
