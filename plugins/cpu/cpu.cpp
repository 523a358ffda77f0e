// Which CPUs run, how fast, and how deep they sleep. A core that sleeps or slows down between two
// packets charges the next one for it; every setting here buys that time back with power.
#include <limits>

#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

#include "boost_bank.hpp"
#include "discovery.hpp"
#include "frequency_bank.hpp"
#include "idle_states_bank.hpp"
#include "smt_bank.hpp"

namespace nanotune::cpu {
namespace {

constexpr std::int64_t any_number = std::numeric_limits<std::int64_t>::max();

constexpr auto any_frequency =
    integer(0, std::numeric_limits<std::int32_t>::max(), Unit::kilohertz);

// An interrupt that is bound to a CPU alone is bound to all others once that one is offline, and
// what a driver keeps for a CPU it may keep no longer than the CPU runs.
constexpr std::string_view lost_offline =
    "irq.affinity | nic.rps.cpus | nic.xps.cpus | cpu.governor | cpu.min_frequency | "
    "cpu.max_frequency | cpu.energy_preference | cpu.energy_bias | cpu.wake_latency | "
    "cpu.idle_states.POLL | cpu.idle_states.C1 | cpu.idle_states.C1E | cpu.idle_states.C2 | "
    "cpu.idle_states.C3 | cpu.idle_states.C6";

Result<std::string> are_threads_on(std::string_view threads_per_core) {
    return threads_per_core == "1" ? "off" : "on";
}

constexpr FileRow threading[] = {
    {.tunable = {.name = "smt",
                 .domain = choice("on | off"),
                 .impact = Impact::moves_processes,
                 .summary = "Whether the hardware threads of a core run.",
                 .resets = lost_offline,
                 .topology = TopologyEffect::smt,
                 .witness = {.command = "lscpu",
                             .label = "Thread(s) per core:",
                             .spelled = are_threads_on}},
     .path = "/sys/devices/system/cpu/smt/control",
     .absent = "notsupported | notimplemented"},
};

constexpr FileRow hotplug[] = {
    {.tunable = {.name = "online",
                 .domain = flag(),
                 .impact = Impact::moves_processes,
                 .summary = "Whether the CPU runs at all.",
                 .resets = lost_offline,
                 .topology = TopologyEffect::online},
     .path = "/sys/devices/system/cpu/cpu{}/online"},
};

constexpr std::string_view lowest_frequency =
    "/sys/devices/system/cpu/cpufreq/policy{}/cpuinfo_min_freq";
constexpr std::string_view highest_frequency =
    "/sys/devices/system/cpu/cpufreq/policy{}/cpuinfo_max_freq";

// The CPUs of a policy change together. Its limits are taken over by a worker of the kernel's.
constexpr FileRow frequency[] = {
    {.tunable = {.name = "governor",
                 .domain = choice("performance | powersave | schedutil | ondemand | conservative | "
                                  "userspace"),
                 .summary = "Policy that picks the core's frequency.",
                 .carries = "cpu.energy_preference"},  // which amd_pstate does not give back
     .path = "/sys/devices/system/cpu/cpufreq/policy{}/scaling_governor"},
    {.tunable = {.name = "min_frequency",
                 .domain = any_frequency,
                 .summary = "Frequency below which the governor may not go.",
                 .at_most = "cpu.max_frequency"},
     .path = "/sys/devices/system/cpu/cpufreq/policy{}/scaling_min_freq",
     .settles = true,
     .least = lowest_frequency,
     .most = highest_frequency},
    {.tunable = {.name = "max_frequency",
                 .domain = any_frequency,
                 .summary = "Frequency above which the governor may not go."},
     .path = "/sys/devices/system/cpu/cpufreq/policy{}/scaling_max_freq",
     .settles = true,
     .least = lowest_frequency,
     .most = highest_frequency},
    {.tunable = {.name = "energy_preference",
                 .domain = choice("performance | balance_performance | balance_power | power"),
                 .summary = "What the hardware prefers where it picks the frequency itself."},
     .path = "/sys/devices/system/cpu/cpufreq/policy{}/energy_performance_preference",
     .offered = "/sys/devices/system/cpu/cpufreq/policy{}/"
                "energy_performance_available_preferences"},
};

// Linux 6.12 finds its own account of the server's bandwidth wrong when that is changed: it logs a
// warning (kernel/sched/deadline.c, dl_rq_change_utilization), and goes on.
constexpr FileRow::Forbidden ends_host = {
    .by = "/proc/sys/kernel/panic_on_warn",
    .why = "kernels warn of their own deadline accounting at this write, which would end the host"};

constexpr FileRow per_core[] = {
    {.tunable = {.name = "energy_bias",
                 .domain = integer(0, 15),
                 .summary = "Hint to the hardware, from 0 for performance to 15 for saving power."},
     .path = "/sys/devices/system/cpu/cpu{}/power/energy_perf_bias"},
    {.tunable = {.name = "wake_latency",
                 .domain = microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"}),
                 .summary = "Longest exit latency of an idle state the core may enter."},
     .path = "/sys/devices/system/cpu/cpu{}/power/pm_qos_resume_latency_us"},
    {.tunable = {.name = "fair_server.runtime",
                 .domain = integer(0, any_number, Unit::nanoseconds),
                 .summary = "Time of each period that ordinary tasks get from real-time ones; 0 "
                            "for none (since 6.12).",
                 .at_most = "cpu.fair_server.period"},
     .path = "/sys/kernel/debug/sched/fair_server/cpu{}/runtime",
     .forbidden = ends_host},
    {.tunable = {.name = "fair_server.period",
                 .domain = integer(0, any_number, Unit::nanoseconds),
                 .summary = "Period of fair_server.runtime."},
     .path = "/sys/kernel/debug/sched/fair_server/cpu{}/period",
     .forbidden = ends_host},
};

constexpr FileRow uncore[] = {
    {.tunable = {.name = "uncore.min_frequency",
                 .domain = any_frequency,
                 .summary = "Frequency below which caches and memory controllers may not go.",
                 .at_most = "cpu.uncore.max_frequency"},
     .path = "/sys/devices/system/cpu/intel_uncore_frequency/{}/min_freq_khz"},
    {.tunable = {.name = "uncore.max_frequency",
                 .domain = any_frequency,
                 .summary = "Frequency above which caches and memory controllers may not go."},
     .path = "/sys/devices/system/cpu/intel_uncore_frequency/{}/max_freq_khz"},
};

constexpr FileRow each_workqueue[] = {
    {.tunable = {.name = "workqueues.cpus",
                 .domain = cpu_mask(),
                 .summary = "CPUs for the work of each queue that has a mask of its own, such as "
                            "writeback."},
     .path = "/sys/devices/virtual/workqueue/{}/cpumask"},
};

constexpr FileRow boost[] = {
    {.tunable = {.name = "boost",
                 .domain = flag(),
                 .summary = "Frequencies above the nominal one, for drivers other than "
                            "intel_pstate."},
     .path = "/sys/devices/system/cpu/cpufreq/boost"},
};

constexpr FileRow turbo[] = {
    {.tunable = {.name = "turbo",
                 .domain = flag("0 | 1"),  // the file is called no_turbo
                 .summary = "Frequencies above the nominal one, for intel_pstate."},
     .path = "/sys/devices/system/cpu/intel_pstate/no_turbo"},
};

constexpr FileRow whole_host[] = {
    {.tunable = {.name = "min_performance",
                 .domain = integer(0, 100, Unit::percent),
                 .summary = "Share of the highest frequency below which intel_pstate may not go."},
     .path = "/sys/devices/system/cpu/intel_pstate/min_perf_pct"},
    {.tunable = {.name = "clocksource",
                 .domain = with_samples(text(), "tsc | hpet | acpi_pm | kvm-clock"),
                 .impact = Impact::disturbs_clock,
                 .summary = "Counter that the kernel tells time by; tsc is read without leaving "
                            "user space."},
     .path = "/sys/devices/system/clocksource/clocksource0/current_clocksource",
     .offered = "/sys/devices/system/clocksource/clocksource0/available_clocksource"},
    {.tunable = {.name = "workqueues.unbound_cpus",
                 .domain = cpu_mask(),
                 .summary = "CPUs for all work of the kernel's that is bound to none."},
     .path = "/sys/devices/virtual/workqueue/cpumask"},
    // One number and one switch for all CPUs, which show them each.
    {.tunable = {.name = "machine_check.interval",
                 .domain = integer(0, std::numeric_limits<std::int32_t>::max(), Unit::seconds),
                 .summary = "Time between two polls of every CPU for corrected memory errors; 0 "
                            "for no polls."},
     .path = "/sys/devices/system/machinecheck/machinecheck0/check_interval"},
    {.tunable = {.name = "machine_check.ignores_corrected",
                 .domain = flag(),
                 .summary = "Whether corrected memory errors go unnoticed: no polls, no "
                            "interrupts."},
     .path = "/sys/devices/system/machinecheck/machinecheck0/ignore_ce"},
    {.tunable = {.name = "intel_pstate.mode",
                 .domain = choice("active | passive | off"),
                 .summary = "How intel_pstate works; decided by intel_pstate= at boot.",
                 .check_only = true},
     .path = "/sys/devices/system/cpu/intel_pstate/status"},
    {.tunable = {.name = "amd_pstate.mode",
                 .domain = choice("active | passive | guided | disable"),
                 .summary = "How amd_pstate works; decided by amd_pstate= at boot.",
                 .check_only = true},
     .path = "/sys/devices/system/cpu/amd_pstate/status"},
};

void define(PluginBuilder& cpu) {
    cpu.sections_select(Selector::ids);
    cpu.add<SmtBank>(packed<threading>, BankPlace{Stage::topology, discover::host});
    cpu.add<FileBank>(packed<hotplug>, BankPlace{Stage::topology, discover::hotpluggable_cpus});
    cpu.add<FrequencyBank>(packed<frequency>, BankPlace{Stage::host, discover::frequency_policies});
    cpu.add<FileBank>(packed<per_core>, BankPlace{Stage::host, discover::online_cpus});
    cpu.add<IdleStatesBank>(BankPlace{Stage::host, discover::online_cpus});
    cpu.add<FileBank>(packed<uncore>, BankPlace{Stage::host, uncore_dies});
    cpu.add<FileBank>(packed<each_workqueue>, BankPlace{Stage::host, workqueues});
    cpu.add<BoostBank>(packed<boost>, has_boost, BankPlace{Stage::host, discover::host});
    cpu.add<BoostBank>(packed<turbo>, has_turbo, BankPlace{Stage::host, discover::host});
    cpu.add<FileBank>(packed<whole_host>, BankPlace{Stage::host, discover::host});
}

}  // namespace
}  // namespace nanotune::cpu

NANOTUNE_PLUGIN("cpu", "Which CPUs run, how fast, and how deep they sleep.", nanotune::cpu::define)
