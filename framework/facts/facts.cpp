#include "facts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "words.hpp"

namespace nanotune::facts {

namespace {

constexpr double ticks_a_second = 100;  // USER_HZ, which is part of the kernel's interface

/// Programs that set by themselves what profiles set, by their names in /proc/PID/stat.
constexpr std::string_view setters[] = {
    "tuned",    "irqbalance", "power-profiles-", "thermald",        "auto-cpufreq",   "tlp",
    "cpupower", "numad",      "ksmtuned",        "systemd-network", "NetworkManager", "cpuspeed"};

constexpr std::array<std::string_view, 7> read_sysctls = {
    "net.core.rmem_max",           "net.core.rmem_default",  "net.core.wmem_max",
    "net.core.netdev_max_backlog", "net.core.netdev_budget", "net.core.netdev_budget_usecs",
    "net.core.somaxconn"};

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_activity(const Sample& first, const Sample& last, HostFacts& facts) {
    for (CpuFacts& cpu : facts.cpus) {
        const auto before = first.cpus.find(cpu.cpu);
        const auto now = last.cpus.find(cpu.cpu);
        if (before == first.cpus.end() || now == last.cpus.end()) {
            continue;
        }
        const std::uint64_t all = now->second.all - before->second.all;
        const std::uint64_t idle = now->second.idle - before->second.idle;
        const std::uint64_t stolen = now->second.stolen - before->second.stolen;
        cpu.stolen = share(stolen, all);
        cpu.busy = all >= idle + stolen ? share(all - idle - stolen, all) : 0;
    }
    for (const auto& [name, interrupt] : last.interrupts) {
        const auto before = first.interrupts.find(name);
        InterruptFacts found{.name = name, .action = interrupt.action, .on = {}};
        for (const auto& [cpu, count] : interrupt.on) {
            const auto then =
                before == first.interrupts.end() ? interrupt.on.end() : before->second.on.find(cpu);
            const bool is_known =
                before != first.interrupts.end() && then != before->second.on.end();
            const std::uint64_t old = is_known ? then->second : 0;
            if (count > old) {
                found.on[cpu] = count - old;
            }
        }
        if (!found.on.empty()) {
            facts.interrupts.push_back(std::move(found));
        }
    }
}

void add_tasks(const Sample& first, const Sample& last, HostFacts& facts) {
    for (const auto& [id, thread] : last.threads) {
        const auto before = first.threads.find(id);
        const bool is_same =
            before != first.threads.end() && before->second.process == thread.process;
        // One that has begun since has used all of its time within the window.
        const std::uint64_t then = is_same ? before->second.ticks : 0;
        const std::uint64_t used = thread.ticks > then ? thread.ticks - then : 0;
        if (used > 0 || thread.is_runnable) {
            facts.tasks.push_back({.process = thread.process,
                                   .thread = id,
                                   .name = thread.name,
                                   .is_kernel = thread.is_kernel,
                                   .cpu = thread.cpu,
                                   .is_runnable = thread.is_runnable,
                                   .seconds = static_cast<double>(used) / ticks_a_second});
        }
        const bool is_main = thread.process == id && !thread.is_kernel;
        if (is_main &&
            std::ranges::find(setters, std::string_view(thread.name)) != std::end(setters)) {
            facts.tools.push_back(fmt::format("{} ({})", thread.name, id));
        }
    }
}

void add_sysctls(System& system, HostFacts& facts) {
    for (const std::string_view name : read_sysctls) {
        std::string path = fmt::format("/proc/sys/{}", name);
        std::replace(path.begin() + 10, path.end(), '.', '/');
        if (const auto value = number(seen(system, path, facts))) {
            facts.sysctls[std::string(name)] = static_cast<std::int64_t>(*value);
        }
    }
    const std::string runtime = seen(system, "/proc/sys/kernel/sched_rt_runtime_us", facts);
    if (!runtime.empty()) {
        facts.realtime_runtime = std::atoll(runtime.c_str());
    }
}

}  // namespace

std::string seen(System& system, const std::string& path, HostFacts& facts) {
    auto text = system.files().read(path);
    if (!text && text.error().code == ErrorCode::denied) {
        facts.unseen.push_back(text.error().message);
    }
    return std::move(text).value_or("");
}

HostCounters counted(const Counts& first, const Counts& last) {
    HostCounters all;
    for (const auto& [name, value] : last) {
        const auto before = first.find(name);
        all[name] = {.before = before == first.end() ? value : before->second, .now = value};
    }
    return all;
}

HostFacts facts_between(System& system, HostTopology topology, const Sample& first,
                        const Sample& last) {
    HostFacts facts;
    facts.topology = std::move(topology);
    facts.unseen = facts.topology.notes;
    facts.seconds = std::chrono::duration<double>(last.at - first.at).count();
    add_processors(system, facts);
    add_activity(first, last, facts);
    add_tasks(first, last, facts);
    add_nics(system, first, last, facts);
    add_datapaths(system, facts);
    facts.softnet = counted(first.softnet, last.softnet);
    facts.network = counted(first.network, last.network);
    add_sysctls(system, facts);
    const std::string load = seen(system, "/proc/loadavg", facts);
    facts.load = std::atof(load.c_str());
    facts.kernel = seen(system, "/proc/sys/kernel/osrelease", facts);
    facts.is_root = system.has(Capability::sys_admin) && system.has(Capability::net_admin);
    return facts;
}

}  // namespace nanotune::facts
