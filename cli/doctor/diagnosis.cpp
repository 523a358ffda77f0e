#include "diagnosis.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../text.hpp"

namespace nanotune::doctor {

namespace {

using cli::Style;

constexpr std::size_t body = 4;

std::string clock_rate(const HostFacts& facts) {
    std::uint64_t now = 0;
    std::uint64_t most = 0;
    for (const CpuFacts& cpu : facts.cpus) {
        now = std::max(now, cpu.kilohertz);
        most = std::max(most, cpu.most_kilohertz);
    }
    return most == 0 ? std::string()
                     : fmt::format(", {:.2f} of {:.2f} GHz", static_cast<double>(now) / 1e6,
                                   static_cast<double>(most) / 1e6);
}

std::string largest_cache(const HostFacts& facts) {
    const auto& caches = facts.topology.hardware.caches;
    const auto most = std::ranges::max_element(caches, {}, &Cache::bytes);
    return most == caches.end() || most->bytes == 0
               ? std::string()
               : fmt::format(", L{} {}", most->level, cli::rounded_bytes(most->bytes));
}

/// The kernel's words for /sys/devices/system/cpu/smt/control as people say them.
std::string smt_words(std::string_view control) {
    if (control == "notsupported" || control == "notimplemented") {
        return "no SMT";
    }
    return fmt::format("SMT {}", control.empty()         ? "unknown"
                                 : control == "forceoff" ? "forced off"
                                                         : control);
}

std::string host_line(const HostFacts& facts) {
    const Hardware& hardware = facts.topology.hardware;
    return fmt::format("{}: {} on {}{}{}, {}{}, clock {}, Linux {}{}",
                       facts.processor.empty() ? "host" : facts.processor,
                       cli::counted(hardware.topology.online.size(), "CPU"),
                       cli::counted(hardware.topology.nodes.size(), "node"), clock_rate(facts),
                       largest_cache(facts), smt_words(facts.smt),
                       facts.turbo ? fmt::format(", turbo {}", *facts.turbo ? "on" : "off") : "",
                       facts.clocksource, facts.kernel,
                       facts.is_virtual ? ", a virtual machine" : "");
}

std::string nic_line(const NicFacts& nic) {
    const std::string what =
        nic.model.empty() ? nic.driver : fmt::format("{} ({})", nic.driver, nic.model);
    return fmt::format(
        "{}: {}{}", nic.name, what,
        nic.abilities.empty() ? "" : fmt::format("; {}", fmt::join(nic.abilities, ", ")));
}

/// What mends it.
void add_cure(cli::Table& table, const Finding& finding) {
    std::string section;
    for (const Remedy& remedy : finding.remedies) {
        if (remedy.section != section) {
            section = remedy.section;
            table.add_line(fmt::format("[{}]", section), body, Style::bold);
        }
        table.add_line(fmt::format("{} = {}", remedy.key, remedy.value), body, Style::bold);
    }
    if (!finding.advice.empty()) {
        table.add_line(cli::harmless(finding.advice), body, Style::dim);
    }
}

void add(cli::Table& table, const Finding& finding, std::size_t number) {
    table.add_gap();
    table.add_line(fmt::format("{:2}. {} [{}]", number, cli::harmless(finding.seen), finding.check),
                   0, Style::warning);
    table.add_line(cli::harmless(finding.why), body);
    add_cure(table, finding);
}

void count_since(const HostCounters& before, HostCounters& counters) {
    for (auto& [name, counter] : counters) {
        if (const auto then = before.find(name); then != before.end()) {
            counter.before = std::min(counter.before, then->second.now);
        }
    }
}

}  // namespace

std::string key_of(const Finding& finding) {
    return fmt::format("{} {} {}", finding.check, finding.subject, finding.why);
}

void print(const cli::Screen& screen, const HostFacts& facts, const Findings& findings,
           bool offers_fix) {
    cli::Table table({{.title = ""}});
    table.add_line(cli::harmless(host_line(facts)), 0);
    for (const NicFacts& nic : facts.nics) {
        if (nic.kind == "physical") {
            table.add_line(cli::harmless(nic_line(nic)), 0);
        }
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
        add(table, findings[i], i + 1);
    }
    screen.table(table);
    screen.line("");
    if (findings.empty()) {
        screen.line(fmt::format("{} found nothing within {:.1f} s.",
                                cli::counted(checks().size(), "check"), facts.seconds),
                    Style::good);
    } else {
        const bool has_lines = std::ranges::any_of(
            findings, [](const Finding& finding) { return !finding.remedies.empty(); });
        screen.line(fmt::format(
            "{} within {:.1f} s.{}", cli::counted(findings.size(), "finding"), facts.seconds,
            has_lines && offers_fix ? " --fix-profile FILE writes the lines above." : ""));
    }
}

std::vector<Change> changes_between(const Findings& before, const Findings& now) {
    std::vector<Change> changes;
    const auto add = [&changes](const Findings& list, const Findings& other, bool has_come) {
        std::set<std::string> known;
        for (const Finding& finding : other) {
            known.insert(key_of(finding));
        }
        for (const Finding& finding : list) {
            if (known.insert(key_of(finding)).second) {
                changes.push_back({.has_come = has_come, .finding = finding});
            }
        }
    };
    add(now, before, true);
    add(before, now, false);
    return changes;
}

void count_since(const HostFacts& before, double seconds, HostFacts& facts) {
    facts.counted_seconds = seconds;
    count_since(before.softnet, facts.softnet);
    count_since(before.network, facts.network);
    for (NicFacts& nic : facts.nics) {
        const auto then = std::ranges::find(before.nics, nic.name, &NicFacts::name);
        if (then != before.nics.end()) {
            count_since(then->counters, nic.counters);
        }
    }
    for (DatapathFacts& datapath : facts.datapaths) {
        const auto then = std::ranges::find(before.datapaths, datapath.name, &DatapathFacts::name);
        if (then != before.datapaths.end()) {
            count_since(then->counters, datapath.counters);
        }
    }
}

void print(const cli::Screen& screen, const Change& change, std::string_view time) {
    cli::Table table({{.title = ""}});
    table.add_line(fmt::format("{} {}: {} [{}]", time, change.has_come ? "came" : "gone",
                               cli::harmless(change.finding.seen), change.finding.check),
                   0, change.has_come ? Style::warning : Style::good);
    if (change.has_come) {
        add_cure(table, change.finding);
    }
    screen.table(table);
}

cli::Import remedies_of(const Findings& findings) {
    cli::Import profile("what it found on this host", "What nanotune doctor found to mend",
                        fix_head);
    std::set<std::pair<std::string, std::string>> known;
    for (const Finding& finding : findings) {
        for (const Remedy& remedy : finding.remedies) {
            if (known.emplace(remedy.section, remedy.key).second) {
                profile.carry({.section = remedy.section,
                               .key = remedy.key,
                               .spellings = {remedy.value},
                               .origin = fmt::format("{}: {}", finding.check, finding.seen),
                               .note = {}});
            }
        }
        if (finding.remedies.empty()) {
            profile.leave(fmt::format("{}: {}", finding.check, finding.seen), finding.advice);
        }
    }
    return profile;
}

}  // namespace nanotune::doctor
