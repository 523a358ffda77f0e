// Who runs where, and what may interrupt it. A hot thread that the scheduler moves loses its cache;
// one that shares its CPU waits for the other.
#include <limits>

#include <nanotune/plugin.hpp>

#include "cpuset_bank.hpp"
#include "discovery.hpp"
#include "limits_bank.hpp"
#include "scheduling_bank.hpp"
#include "scheduling_text.hpp"
#include "threads_rule.hpp"

namespace nanotune::process {
namespace {

constexpr auto policy_domain = choice(policy_words);
constexpr auto priority_domain = integer(0, 99);
constexpr auto spread_domain = choice("one-to-one | all-on-set");
constexpr auto slack_domain =
    integer(1, std::numeric_limits<std::int64_t>::max(), Unit::nanoseconds);

constexpr Tunable thread_columns[] = {
    {.name = "name",
     .domain = text(),
     .summary = "Threads by the name that the kernel shows; may "
                "be a glob."},
    {.name = "cpus", .domain = cpu_list(), .summary = "CPUs that these threads may run on."},
    {.name = "spread",
     .domain = spread_domain,
     .summary = "Whether each of these threads gets one of the CPUs, or all of them share all."},
    {.name = "policy", .domain = policy_domain, .summary = "How these threads are scheduled."},
    {.name = "priority",
     .domain = priority_domain,
     .summary = "From 1 to 99 for fifo and rr; 99 competes with the kernel's own threads."},
    {.name = "timer_slack",
     .domain = slack_domain,
     .summary = "How late a timer of these threads may fire; real-time threads have none."},
};

constexpr Tunable parameters[] = {
    {.name = "when",
     .domain = choice("start | always"),
     .summary = "Whether the process is tuned once after it starts, or watched for as long as it "
                "runs."},
    {.name = "policy",
     .domain = policy_domain,
     .summary = "How the threads are scheduled that no row of `threads` names."},
    {.name = "priority",
     .domain = priority_domain,
     .summary = "From 1 to 99 for fifo and rr; 99 competes with the kernel's own threads."},
    {.name = "cpus",
     .domain = cpu_list(),
     .summary = "CPUs of the threads that no row of `threads` names."},
    {.name = "spread",
     .domain = spread_domain,
     .summary = "Whether each of these threads gets one of the CPUs, or all of them share all."},
    {.name = "keep_off",
     .domain = cpu_list(),
     .summary =
         "CPUs that threads may not run on for which `cpus` says nothing; what else they may "
         "use stays theirs."},
    {.name = "timer_slack",
     .domain = slack_domain,
     .summary = "How late a timer of these threads may fire, 50us unless told; real-time threads "
                "have none."},
    {.name = "memory_nodes",
     .domain = node_list(),
     .summary = "NUMA nodes of the process's memory; they are its whole cgroup's, and pages that "
                "are elsewhere move."},
    {.name = "threads",
     .domain = rows(packed<thread_columns>),
     .summary = "Threads by name, with what is different for them; the first row that fits wins."},
};

constexpr std::string_view threads_are_not_tried =
    "a thread is known by its start as well, which chrt and taskset do not take";

constexpr Tunable thread_settings[] = {
    {.name = "thread.scheduling",
     .domain = with_samples(text(), "fifo:80 | other"),
     .summary = "Policy and priority of one thread, such as fifo:80; derived from a section "
                "[process.NAME].",
     .carries = "process.thread.timer_slack",  // a real-time thread loses it, since Linux 6.12
     .written_as = "policy",
     .witness = {.none = threads_are_not_tried}},
    {.name = "thread.cpus",
     .domain = cpu_list(),
     .summary = "CPUs that one thread may run on; derived from a section [process.NAME].",
     .written_as = "cpus",
     .witness = {.none = threads_are_not_tried}},
    {.name = "thread.timer_slack",
     .domain = slack_domain,
     .summary = "How late a timer of one thread may fire; derived from timer_slack.",
     .written_as = "timer_slack",
     .witness = {.none = threads_are_not_tried}},
};

// In this order: a partition is made of CPUs that the group already has.
constexpr FileRow cgroup_settings[] = {
    {.tunable = {.name = "cgroup.cpus",
                 .domain = cpu_list(),
                 .summary = "CPUs that the processes of one control group may use."},
     .path = "{}/cpuset.cpus"},
    {.tunable = {.name = "cgroup.memory_migrate",
                 .domain = flag(),
                 .summary = "Whether pages follow when a cgroup's memory nodes change (version 1); "
                            "derived from memory_nodes.",
                 .written_as = "memory_nodes"},
     .path = "{}/cpuset.memory_migrate"},
    {.tunable = {.name = "cgroup.memory_nodes",
                 .domain = node_list(),
                 .summary = "NUMA nodes that the processes of one control group may use; also "
                            "derived from memory_nodes."},
     .path = "{}/cpuset.mems"},
    {.tunable = {.name = "cgroup.partition",
                 .domain = choice("member | root | isolated"),
                 .summary =
                     "Whether the control group shares its CPUs (member), has them to itself "
                     "(root), or without load balancing, too (isolated)."},
     .path = "{}/cpuset.cpus.partition"},
};

void define(PluginBuilder& process) {
    process.sections_select(Selector::label);
    process.add<CpusetBank>(packed<cgroup_settings>, BankPlace{Stage::processes, cgroups});
    process.add<SchedulingBank>(packed<thread_settings>, BankPlace{Stage::processes, none});
    process.add<ThreadsRule>(BankPlace{Stage::processes, processes},
                             std::span<const Tunable>(packed<parameters>));
    process.add<LimitsBank>(BankPlace{Stage::processes, none});
    process.add<LimitsRule>(BankPlace{Stage::processes, processes}, limit_parameters());
}

}  // namespace
}  // namespace nanotune::process

NANOTUNE_PLUGIN("process",
                "CPUs, scheduling and memory nodes of processes, threads and control groups.",
                nanotune::process::define)
