// Who runs where, and how many there are for a CPU.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../text.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

namespace {

constexpr double crowded = 0.95;
constexpr double noticeable_theft = 0.01;
constexpr std::size_t told_by_name = 3;

bool is_bound_to_a_cpu(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    return slash != std::string_view::npos && slash + 1 < name.size() && name[slash + 1] >= '0' &&
           name[slash + 1] <= '9';
}

std::string told(const TaskFacts& task) {
    return fmt::format("{} ({}) on CPU {}, {}", task.name, task.thread, task.cpu,
                       task.seconds > 0 ? fmt::format("{:.2f} s", task.seconds) : "runnable");
}

void add_tasks(const std::vector<const TaskFacts*>& tasks, std::string_view kind, std::string why,
               std::vector<Remedy> remedies, std::string advice, Findings& findings) {
    if (tasks.empty()) {
        return;
    }
    std::vector<std::string> some;
    for (std::size_t i = 0; i < std::min(tasks.size(), told_by_name); ++i) {
        some.push_back(told(*tasks[i]));
    }
    if (tasks.size() > told_by_name) {
        some.push_back(fmt::format("{} more", tasks.size() - told_by_name));
    }
    findings.push_back({.check = {},
                        .subject = std::string(kind),
                        .seen = fmt::format("{} ran on isolated or datapath CPUs: {}", kind,
                                            fmt::join(some, "; ")),
                        .why = std::move(why),
                        .remedies = std::move(remedies),
                        .advice = std::move(advice)});
}

/// "; most of it: ..." with those that took time within the window; "" where none did.
std::string busiest(const HostFacts& facts) {
    std::vector<TaskFacts> busy = facts.tasks;
    std::erase_if(busy, [](const TaskFacts& task) { return !(task.seconds > 0); });
    std::ranges::sort(busy, std::greater(), &TaskFacts::seconds);
    std::vector<std::string> some;
    for (std::size_t i = 0; i < std::min(busy.size(), told_by_name); ++i) {
        some.push_back(told(busy[i]));
    }
    return some.empty() ? std::string() : fmt::format("; most of it: {}", fmt::join(some, "; "));
}

}  // namespace

void look_at_tasks(const HostFacts& facts, Findings& findings) {
    const CpuSet cpus = guarded(facts);
    std::vector<const TaskFacts*> movable;
    std::vector<const TaskFacts*> bound;
    std::vector<const TaskFacts*> programs;
    for (const TaskFacts& task : facts.tasks) {
        const bool is_datapath =
            std::ranges::find(facts.datapaths, task.process, &DatapathFacts::process) !=
            facts.datapaths.end();
        if (!cpus.contains(task.cpu) || is_datapath || task.name.starts_with("nanotune")) {
            continue;
        }
        auto& list = !task.is_kernel ? programs : is_bound_to_a_cpu(task.name) ? bound : movable;
        list.push_back(&task);
    }
    add_tasks(movable, "threads of the kernel's", "they take turns with whoever is to run there",
              {{"process.kernel-threads", "match", "{ kthread = \"*\" }"},
               {"process.kernel-threads", "keep_off", optional_text(cpus.list())},
               {"cpu", "workqueues.unbound_cpus",
                optional_text((facts.topology.hardware.topology.online - cpus).list())}},
              {}, findings);
    add_tasks(bound, "threads of the kernel's that belong to those CPUs",
              "they do work that something there has caused, such as packets or timers", {},
              "they cannot be moved: their cause is an interrupt, a timer or a work "
              "queue there",
              findings);
    // What the kernel was booted to isolate, programs have gone to by themselves.
    const bool is_isolated = (cpus - facts.topology.hardware.topology.isolated).empty();
    add_tasks(programs, "programs", "they take turns with whoever is to run there",
              is_isolated ? std::vector<Remedy>()
                          : std::vector<Remedy>{{"boot", "isolcpus", optional_text(cpus.list())}},
              fmt::format("{}bind them: [process.NAME] with match = {{ comm = \"NAME\" }} and "
                          "keep_off; a program that is meant to run there is no fault",
                          is_isolated ? "" : "or "),
              findings);
}

void look_at_load(const HostFacts& facts, Findings& findings) {
    const std::size_t online = facts.topology.hardware.topology.online.size();
    CpuSet full;
    CpuSet robbed;
    for (const CpuFacts& cpu : facts.cpus) {
        if (cpu.busy > crowded && !guarded(facts).contains(cpu.cpu)) {
            full.add(cpu.cpu);
        }
        if (cpu.stolen > noticeable_theft) {
            robbed.add(cpu.cpu);
        }
    }
    if (facts.load > static_cast<double>(online) && online > 0) {
        findings.push_back(
            {.check = {},
             .subject = "load",
             .seen = fmt::format(
                 "a load of {:.1f} on {}{}{}", facts.load, cli::counted(online, "CPU"),
                 full.empty() ? "" : fmt::format(", with no time left on {}", named(full)),
                 busiest(facts)),
             .why = "threads wait for a CPU for milliseconds",
             .advice = "end, move or bind what is not needed here"});
    }
    if (!robbed.empty()) {
        findings.push_back(
            {.check = {},
             .subject = "hypervisor",
             .seen = fmt::format("the hypervisor gave time of {} to other guests", named(robbed)),
             .why = "a guest stands still without knowing it",
             .advice = "give this guest CPUs of its own on its host"});
    }
}

}  // namespace nanotune::doctor
