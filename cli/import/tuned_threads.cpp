// TuneD's [scheduler]: which threads run where, and how.
#include <algorithm>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

constexpr std::string_view group_start = "group.";

/// "rcuc*" of ^\[rcuc: the one shape of expression that kernel threads are grouped by.
std::optional<std::string> kernel_thread(std::string_view expression) {
    constexpr std::string_view start = "^\\[";
    if (!expression.starts_with(start)) {
        return std::nullopt;
    }
    expression.remove_prefix(start.size());
    const bool is_plain = !expression.empty() && std::ranges::all_of(expression, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               letter == '_';
    });
    return is_plain ? std::optional<std::string>(fmt::format("{}*", expression)) : std::nullopt;
}

/// "0:f:2:*:^\[ksoftirqd": order, policy, priority, CPUs, expression.
void group(const TunedWork& work, const TunedOption& option) {
    std::vector<std::string> parts;
    std::string_view rest = option.value;
    while (parts.size() < 4 && rest.contains(':')) {
        parts.emplace_back(rest.substr(0, rest.find(':')));
        rest.remove_prefix(rest.find(':') + 1);
    }
    const auto thread = kernel_thread(rest);
    if (parts.size() < 4 || !thread) {
        work.leave(option,
                   "its expression is none for kernel threads by name; [process.NAME] "
                   "selects by unit, exe, comm, user or kthread");
        return;
    }
    const std::string section =
        fmt::format("process.{}", toml_text(option.name.substr(group_start.size())));
    const auto add = [&](std::string_view key, std::string value) {
        work.import.carry({.section = section,
                           .key = std::string(key),
                           .spellings = {std::move(value)},
                           .origin = work.origin(option),
                           .note = {}});
    };
    const bool is_real_time = parts[1] == "f" || parts[1] == "r";
    if (!is_real_time && parts[1] != "o" && parts[1] != "*") {
        work.leave(option, "no setting here gives a thread that policy");
        return;
    }
    add("match", fmt::format("{{ kthread = {} }}", toml_text(*thread)));
    if (is_real_time) {
        add("policy", parts[1] == "f" ? "\"fifo\"" : "\"rr\"");
        add("priority", parts[2]);
    } else if (parts[1] == "o") {
        add("policy", "\"other\"");
    }
    if (parts[3] != "*") {
        const auto cpus = cpus_of_text(parts[3]);
        add("cpus", toml_text(cpus ? cpus->list() : parts[3]));
    }
}

void isolated_cores(const TunedWork& work, const TunedOption& option) {
    const auto cpus = CpuSet::from_list(option.value);
    if (!cpus || cpus->empty()) {
        work.leave(option, "it names no CPU");
        return;
    }
    work.import.carry({.section = "process.kernel-threads",
                       .key = "match",
                       .spellings = {"{ kthread = \"*\" }"},
                       .origin = work.origin(option),
                       .note = {}});
    work.carry(option, "process.kernel-threads", "keep_off", cpus->list(),
               "the kernel's threads; programs: isolcpus, or [process.NAME] with keep_off");
}

void default_affinity(const TunedWork& work, const TunedOption& option) {
    const auto cpus = CpuSet::from_list(option.value);
    if (cpus && !cpus->empty()) {
        work.carry(option, "irq", "default_affinity", cpus->list());
    } else {
        work.leave(option, "it names no CPU");
    }
}

}  // namespace

void import_scheduler(const TunedWork& work) {
    for (const TunedOption& option : work.unit.options) {
        if (const std::string unknown = unexpanded_in(option.value); !unknown.empty()) {
            work.leave(option, unknown);
        } else if (option.name == "isolated_cores") {
            isolated_cores(work, option);
        } else if (option.name.starts_with(group_start)) {
            group(work, option);
        } else if (option.name == "default_irq_smp_affinity") {
            default_affinity(work, option);
        } else if (option.name.starts_with("sched_")) {
            work.leave(option,
                       "the kernel keeps it among its files for debugging since 5.13, and no "
                       "setting here writes those");
        } else if (option.name.contains("ps_")) {
            work.leave(option,
                       "which processes TuneD's own moving of threads leaves alone; here "
                       "only those are touched that a section [process.NAME] selects");
        } else {
            work.leave(option, "no setting here does it");
        }
    }
}

}  // namespace nanotune::cli
