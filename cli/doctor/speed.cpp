// How fast CPUs run and wake up, and what else slows a packet down.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "finding.hpp"

namespace nanotune::doctor {

namespace {

constexpr std::uint64_t quick_wake = 10;  // us
constexpr double works = 0.5;
constexpr double fast_enough = 0.9;

std::string gigahertz(std::uint64_t kilohertz) {
    return fmt::format("{:.2f} GHz", static_cast<double>(kilohertz) / 1e6);
}

CpuSet cpus_where(const HostFacts& facts, bool (*holds)(const CpuFacts&)) {
    CpuSet cpus;
    for (const CpuFacts& cpu : facts.cpus) {
        if (holds(cpu)) {
            cpus.add(cpu.cpu);
        }
    }
    return cpus;
}

/// Whether CPUs share cores with others.
bool shares_cores(const HostFacts& facts) {
    return std::ranges::any_of(facts.topology.hardware.topology.cores,
                               [](const CpuSet& core) { return core.size() > 1; });
}

void look_at_slow_cpus(const HostFacts& facts, Findings& findings) {
    CpuSet slow;
    std::uint64_t slowest = 0;
    std::uint64_t allowed = 0;
    for (const CpuFacts& cpu : facts.cpus) {
        const bool is_slow = cpu.busy > works && cpu.kilohertz > 0 &&
                             static_cast<double>(cpu.kilohertz) <
                                 fast_enough * static_cast<double>(cpu.allowed_kilohertz);
        if (is_slow) {
            slow.add(cpu.cpu);
            allowed = slowest == 0 || cpu.kilohertz < slowest ? cpu.allowed_kilohertz : allowed;
            slowest = slowest == 0 ? cpu.kilohertz : std::min(slowest, cpu.kilohertz);
        }
    }
    if (!slow.empty()) {
        findings.push_back({.check = {},
                            .subject = "reached",
                            .seen = fmt::format("{} {} at {}, and may run at {}", named(slow),
                                                slow.size() == 1 ? "works" : "work",
                                                gigahertz(slowest), gigahertz(allowed)),
                            .why = "heat, the limit of power, or vector instructions hold them "
                                   "back, or "
                                   "the governor",
                            .remedies = {{"cpu", "governor", optional_text("performance")}},
                            .advice = "`turbostat` tells temperature and limits"});
    }
}

/// CPUs below a limit that somebody has set, by what they could do: those of one host may differ.
void look_at_limits(const HostFacts& facts, Findings& findings) {
    std::map<std::uint64_t, CpuSet> held;
    for (const CpuFacts& cpu : facts.cpus) {
        if (cpu.allowed_kilohertz > 0 && cpu.allowed_kilohertz < cpu.most_kilohertz) {
            held[cpu.most_kilohertz].add(cpu.cpu);
        }
    }
    std::vector<std::string> seen;
    std::vector<Remedy> remedies;
    for (const auto& [most, cpus] : held) {
        const bool is_all = std::ranges::all_of(facts.cpus, [could = most](const CpuFacts& cpu) {
            return cpu.most_kilohertz == could;
        });
        seen.push_back(fmt::format("{} ({})", named(cpus), gigahertz(most)));
        remedies.push_back({is_all ? "cpu" : section_of("cpu", cpus.list()), "max_frequency",
                            optional_text(fmt::format("{}kHz", most))});
    }
    if (!held.empty()) {
        findings.push_back({.check = {},
                            .subject = "limit",
                            .seen = fmt::format("not allowed to run as fast as possible: {}",
                                                fmt::join(seen, ", ")),
                            .why = "somebody has set a lower limit",
                            .remedies = std::move(remedies)});
    }
}

}  // namespace

void look_at_frequency(const HostFacts& facts, Findings& findings) {
    const CpuSet lazy = cpus_where(facts, [](const CpuFacts& cpu) {
        return !cpu.governor.empty() && cpu.governor != "performance";
    });
    if (!lazy.empty()) {
        findings.push_back(
            {.check = {},
             .subject = "governor",
             .seen = fmt::format("the governor of {} is not performance", named(lazy)),
             .why = "a CPU that has been idle is slow when the packet comes",
             .remedies = {{"cpu", "governor", optional_text("performance")}}});
    }
    look_at_limits(facts, findings);
    if (facts.turbo && !*facts.turbo) {
        findings.push_back({.check = {},
                            .subject = "turbo",
                            .seen = "frequencies above the nominal one are switched off",
                            .why = "everything takes longer by the share that is missing",
                            .remedies = {{"cpu", "turbo", optional_flag(true)},
                                         {"cpu", "boost", optional_flag(true)}}});
    }
    look_at_slow_cpus(facts, findings);
}

void look_at_sleep(const HostFacts& facts, Findings& findings) {
    CpuSet deep;
    const CpuFacts* deepest = nullptr;
    for (const CpuFacts& cpu : facts.cpus) {
        if (cpu.exit_latency > quick_wake) {
            deep.add(cpu.cpu);
            deepest =
                deepest == nullptr || cpu.exit_latency > deepest->exit_latency ? &cpu : deepest;
        }
    }
    if (deepest != nullptr) {
        findings.push_back(
            {.check = {},
             .subject = "idle",
             .seen = fmt::format("{} may sleep as deep as {}, which takes {} us to wake up from",
                                 named(deep), deepest->deepest_idle, deepest->exit_latency),
             .why = "the first packet after a pause waits for that",
             .remedies = {
                 {"cpu", "wake_latency", optional_text(fmt::format("{}us", quick_wake))}}});
    }
}

void look_at_threads(const HostFacts& facts, Findings& findings) {
    if (facts.smt == "on" && shares_cores(facts)) {
        findings.push_back(
            {.check = {},
             .subject = "smt",
             .seen = "hardware threads share cores (SMT is on)",
             .why = "whatever runs on the other thread takes half of the core and "
                    "of its "
                    "caches away",
             .remedies = {{"cpu", "smt", optional_text("off")}},
             .advice = "half of the CPUs are gone then: nanotune plan shows what of"});
    }
}

void look_at_throttling(const HostFacts& facts, Findings& findings) {
    if (!guarded(facts).empty() && facts.realtime_runtime && *facts.realtime_runtime >= 0) {
        findings.push_back(
            {.check = {},
             .subject = "sched_rt_runtime_us",
             .seen = fmt::format("real-time threads get {} us of each period, no more",
                                 *facts.realtime_runtime),
             .why = "one that polls is stopped for the rest of it, 50 ms in the "
                    "kernel's default",
             .remedies = {
                 {"sysctl", "\"kernel.sched_rt_runtime_us\"", optional_text("unlimited")}}});
    }
}

void look_at_pcie(const HostFacts& facts, Findings& findings) {
    for (const NicFacts& nic : facts.nics) {
        const PcieFacts& link = nic.pcie;
        const bool is_known = link.width > 0 && link.most_width > 0 && link.width <= 32;
        const bool is_narrow = is_known && link.width < link.most_width;
        const bool is_slow = is_known && !link.speed.empty() && link.speed != link.most_speed &&
                             !link.speed.starts_with("Unknown");
        if (is_narrow || is_slow) {
            findings.push_back(
                {.check = {},
                 .subject = nic.name,
                 .seen = fmt::format("{} has {} lanes of {}, and could have {} of {}", nic.name,
                                     link.width, link.speed, link.most_width, link.most_speed),
                 .why = "each packet takes longer over the bus, and bursts pile up "
                        "on the card",
                 .advice = "another slot, or the slot's setting in the firmware; "
                           "`lspci -vv` shows both ends of the link"});
        }
    }
}

void look_at_delays(const HostFacts& facts, Findings& findings) {
    for (const NicFacts& nic : facts.nics) {
        const std::string section = section_of("nic", nic.name);
        if (nic.kind != "physical") {
            continue;
        }
        std::vector<Remedy> remedies;
        std::vector<std::string> seen;
        if (nic.adaptive_rx.value_or(false)) {
            seen.emplace_back("it varies its delay by itself");
            remedies.push_back({section, "coalesce.adaptive_rx", optional_flag(false)});
        }
        if (const auto delay = nic.rx_usecs.value_or(0); delay > 0) {
            seen.push_back(fmt::format("it waits up to {} us", delay));
            remedies.push_back({section, "coalesce.rx_usecs", optional_text("0us")});
        }
        if (!seen.empty()) {
            findings.push_back({.check = {},
                                .subject = nic.name,
                                .seen = fmt::format("{} does not interrupt at once: {}", nic.name,
                                                    fmt::join(seen, ", ")),
                                .why = "a packet lies in memory, and nobody is told",
                                .remedies = std::move(remedies),
                                .advice = "costs CPU time where many packets come"});
        }
        if (nic.sleeps_when_idle.value_or(false)) {
            findings.push_back(
                {.check = {},
                 .subject = nic.name,
                 .seen = fmt::format("the link of {} sleeps when idle (EEE)", nic.name),
                 .why = "the first packet waits until it is awake, for microseconds",
                 .remedies = {{section, "eee.enabled", optional_flag(false)}}});
        }
        if (nic.pauses.value_or(false)) {
            findings.push_back(
                {.check = {},
                 .subject = nic.name,
                 .seen = fmt::format("{} stops sending when its partner asks", nic.name),
                 .why = "one slow receiver behind the switch can stop all others",
                 .remedies = {{section, "pause.rx", optional_flag(false)}}});
        }
    }
}

void look_at_clock(const HostFacts& facts, Findings& findings) {
    const bool has_tsc = std::ranges::find(facts.clocksources, "tsc") != facts.clocksources.end();
    const bool is_slow = facts.clocksource == "hpet" || facts.clocksource == "acpi_pm" ||
                         facts.clocksource == "jiffies" || facts.clocksource == "refined-jiffies";
    if (is_slow) {
        findings.push_back(
            {.check = {},
             .subject = "clock",
             .seen = fmt::format("the kernel tells the time by {}{}", facts.clocksource,
                                 has_tsc ? ", and has tsc" : ""),
             .why = "each look at the time is a system call, and a slow read from "
                    "a device",
             .remedies = has_tsc ? std::vector<Remedy>{{"cpu", "clocksource", optional_text("tsc")}}
                                 : std::vector<Remedy>{{"boot", "tsc", optional_text("reliable")}},
             .advice = has_tsc ? ""
                               : "the kernel has given tsc up: `dmesg` says why, "
                                 "and only where "
                                 "that is known to be wrong is it to be trusted"});
    }
}

}  // namespace nanotune::doctor
