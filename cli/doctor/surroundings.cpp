// The path to a peer, what this user may see, and who else sets things.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../text.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

void look_at_path(const HostFacts& facts, Findings& findings) {
    if (!facts.path) {
        return;
    }
    const PathFacts& path = *facts.path;
    if (!path.trouble.empty()) {
        findings.push_back(
            {.check = {},
             .subject = path.peer,
             .seen = fmt::format("the path to {} could not be probed: {}", path.peer, path.trouble),
             .why = "whether packets of full size arrive is not known",
             .advice = path.is_silent
                           ? "a peer that answers nothing to UDP cannot be probed from here"
                           : ""});
        return;
    }
    if (path.largest >= path.device_mtu) {
        return;
    }
    Finding finding{
        .check = {},
        .subject = path.peer,
        .seen = fmt::format("{} has an MTU of {}, and packets of {} bytes are the largest {}that "
                            "reach {}",
                            path.device, path.device_mtu, path.largest,
                            path.told == path.largest ? "" : "of those tried ", path.peer),
        .why = path.told > 0 ? "larger ones are cut, or lost where they must not be"
                             : "larger ones are lost without a word, which looks like a "
                               "peer that "
                               "does not answer"};
    finding.seen += path.told > 0
                        ? fmt::format("; {} tells of a link of {}", path.told_by, path.told)
                        : "; no router tells of it";
    finding.remedies = {
        {section_of("nic", path.device), "mtu", optional_text(fmt::format("{}", path.largest))}};
    finding.advice = "or raise the MTU of the links between";
    findings.push_back(std::move(finding));
}

void look_at_rights(const HostFacts& facts, Findings& findings) {
    if (facts.unseen.empty()) {
        return;
    }
    std::string first = facts.unseen.front();
    if (facts.unseen.size() > 1) {
        first += fmt::format("; and {} more", facts.unseen.size() - 1);
    }
    findings.push_back(
        {.check = {},
         .subject = "rights",
         .seen = fmt::format("{} could not be looked at: {}",
                             cli::counted(facts.unseen.size(), "thing"), first),
         .why = "what is wrong there is not found",
         .advice = facts.is_root ? "see the reasons with --json"
                                 : "run nanotune doctor as root; so does who applies a profile"});
}

void look_at_tools(const HostFacts& facts, Findings& findings) {
    if (facts.tools.empty()) {
        return;
    }
    std::vector<std::string> to_end;
    std::vector<std::string> advice;
    bool has_network = false;
    bool has_irqbalance = false;
    for (const std::string& tool : facts.tools) {
        const bool is_network =
            tool.starts_with("systemd-network") || tool.starts_with("NetworkManager");
        const bool is_irqbalance = tool.starts_with("irqbalance");
        has_network = has_network || is_network;
        has_irqbalance = has_irqbalance || is_irqbalance;
        if (!is_network && !is_irqbalance) {
            to_end.push_back(tool.substr(0, tool.find(' ')));
        }
    }
    if (!to_end.empty()) {
        advice.push_back(fmt::format("end {} before a profile is applied{}",
                                     fmt::join(to_end, ", "),
                                     std::ranges::find(to_end, "tuned") != to_end.end()
                                         ? ": docs/from-tuned.md says how for TuneD"
                                         : ""));
    }
    if (has_irqbalance) {
        advice.emplace_back("irqbalance may stay, as it is told which interrupts to leave alone");
    }
    if (has_network) {
        advice.emplace_back(
            "what sets up the network stays: see that it wants the same MTU and offloads");
    }
    findings.push_back({.check = {},
                        .subject = "tools",
                        .seen = fmt::format("{} what profiles set: {}",
                                            facts.tools.size() == 1 ? "a program sets by itself"
                                                                    : "programs set by themselves",
                                            fmt::join(facts.tools, ", ")),
                        .why = "whoever writes last wins, and nobody says so",
                        .advice = fmt::format("{}", fmt::join(advice, "; "))});
}

}  // namespace nanotune::doctor
