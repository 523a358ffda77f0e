// CPUs: what they are, how fast they run, how deep they sleep, what tells them the time.
#include <algorithm>

#include <fmt/format.h>

#include "facts.hpp"
#include "words.hpp"

namespace nanotune::facts {

namespace {

constexpr std::string_view cpu_folder = "/sys/devices/system/cpu/";
constexpr unsigned most_idle_states = 16;

/// What stands behind "NAME\t: " of the first CPU.
std::string field_of(std::string_view cpuinfo, std::string_view name) {
    for (const std::string_view line : lines(cpuinfo)) {
        const std::size_t colon = line.find(':');
        if (line.starts_with(name) && colon != std::string_view::npos) {
            return std::string(line.substr(std::min(colon + 2, line.size())));
        }
    }
    return {};
}

void add_idle(System& system, HostFacts& facts, CpuFacts& cpu) {
    const std::string folder = fmt::format("{}cpu{}/", cpu_folder, cpu.cpu);
    const std::string limit = seen(system, folder + "power/pm_qos_resume_latency_us", facts);
    // "n/a" allows no sleep at all, and 0 any.
    const std::uint64_t most = limit == "n/a" ? 0 : number(limit).value_or(0);
    for (unsigned i = 0; i < most_idle_states; ++i) {
        const std::string state = fmt::format("{}cpuidle/state{}/", folder, i);
        const auto latency = number(seen(system, state + "latency", facts));
        if (!latency) {
            return;
        }
        const bool is_forbidden = number(seen(system, state + "disable", facts)).value_or(0) != 0 ||
                                  (limit == "n/a" && *latency > 0) || (most > 0 && *latency > most);
        if (!is_forbidden && *latency >= cpu.exit_latency) {
            cpu.deepest_idle = seen(system, state + "name", facts);
            cpu.exit_latency = *latency;
        }
    }
}

CpuFacts cpu_of(System& system, unsigned number_of, HostFacts& facts) {
    CpuFacts cpu{.cpu = number_of};
    const std::string folder = fmt::format("{}cpu{}/cpufreq/", cpu_folder, number_of);
    const auto kilohertz = [&](const char* name) {
        return number(seen(system, folder + name, facts)).value_or(0);
    };
    cpu.governor = seen(system, folder + "scaling_governor", facts);
    cpu.kilohertz = kilohertz("scaling_cur_freq");
    cpu.most_kilohertz = kilohertz("cpuinfo_max_freq");
    cpu.allowed_kilohertz = kilohertz("scaling_max_freq");
    add_idle(system, facts, cpu);
    return cpu;
}

std::optional<bool> turbo_of(System& system, HostFacts& facts) {
    const std::string none =
        seen(system, fmt::format("{}intel_pstate/no_turbo", cpu_folder), facts);
    if (!none.empty()) {
        return none == "0";
    }
    const std::string boost = seen(system, fmt::format("{}cpufreq/boost", cpu_folder), facts);
    return boost.empty() ? std::nullopt : std::optional(boost == "1");
}

}  // namespace

void add_processors(System& system, HostFacts& facts) {
    const std::string info = seen(system, "/proc/cpuinfo", facts);
    facts.processor = field_of(info, "model name");
    facts.is_virtual = fmt::format(" {} ", field_of(info, "flags")).contains(" hypervisor ");
    for (const unsigned cpu : facts.topology.hardware.topology.online.members()) {
        facts.cpus.push_back(cpu_of(system, cpu, facts));
    }
    facts.turbo = turbo_of(system, facts);
    facts.smt = seen(system, fmt::format("{}smt/control", cpu_folder), facts);
    constexpr std::string_view clock = "/sys/devices/system/clocksource/clocksource0/";
    facts.clocksource = seen(system, fmt::format("{}current_clocksource", clock), facts);
    const std::string sources = seen(system, fmt::format("{}available_clocksource", clock), facts);
    for (const std::string_view source : words(sources)) {
        facts.clocksources.emplace_back(source);
    }
}

}  // namespace nanotune::facts
