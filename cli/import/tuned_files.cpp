// TuneD's [sysfs]: files of the kernel's, by the settings that write them here.
#include <algorithm>

#include <fmt/format.h>
#include <fnmatch.h>

#include "model/ini_text.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

enum class Spelling { as_is, cpu_mask, flag, kernel_kilohertz, kernel_microseconds, merging };

struct KernelFile {
    const char* path;  ///< a glob, which the path or glob of a profile is one of
    std::string_view section;
    std::string_view key;
    Spelling spelling = Spelling::as_is;
};

constexpr KernelFile kernel_files[] = {
    {"/sys/devices/virtual/workqueue/cpumask", "cpu", "workqueues.unbound_cpus",
     Spelling::cpu_mask},
    {"/sys/bus/workqueue/devices/*/cpumask", "cpu", "workqueues.cpus", Spelling::cpu_mask},
    {"/sys/devices/virtual/workqueue/*/cpumask", "cpu", "workqueues.cpus", Spelling::cpu_mask},
    {"/sys/devices/system/machinecheck/machinecheck*/ignore_ce", "cpu",
     "machine_check.ignores_corrected", Spelling::flag},
    {"/sys/devices/system/machinecheck/machinecheck*/check_interval", "cpu",
     "machine_check.interval"},
    {"/sys/kernel/mm/ksm/run", "memory", "ksm", Spelling::merging},
    {"/sys/kernel/mm/transparent_hugepage/enabled", "memory", "transparent_hugepages"},
    {"/sys/kernel/mm/transparent_hugepage/defrag", "memory", "transparent_hugepages_defrag"},
    {"/sys/kernel/mm/transparent_hugepage/khugepaged/defrag", "memory", "khugepaged_defrag",
     Spelling::flag},
    {"/sys/devices/system/cpu/cpu[*]/cpufreq/scaling_governor", "cpu", "governor"},
    {"/sys/devices/system/cpu/cpufreq/policy[*]/scaling_governor", "cpu", "governor"},
    {"/sys/devices/system/cpu/cpu[*]/cpufreq/scaling_min_freq", "cpu", "min_frequency",
     Spelling::kernel_kilohertz},
    {"/sys/devices/system/cpu/cpu[*]/cpufreq/scaling_max_freq", "cpu", "max_frequency",
     Spelling::kernel_kilohertz},
    {"/sys/devices/system/cpu/cpu[*]/power/pm_qos_resume_latency_us", "cpu", "wake_latency",
     Spelling::kernel_microseconds},
    {"/sys/devices/system/cpu/cpufreq/boost", "cpu", "boost", Spelling::flag},
    {"/sys/devices/system/cpu/smt/control", "cpu", "smt"},
    {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "cpu", "clocksource"},
};

void import_file(const TunedWork& work, const TunedOption& option, const KernelFile& file) {
    std::string value = unquoted(option.value);
    switch (file.spelling) {
        case Spelling::as_is:
            break;
        case Spelling::cpu_mask: {
            const auto cpus = cpus_of_text(value);
            if (!cpus || cpus->empty()) {
                work.leave(option, fmt::format("\"{}\" is no mask of any CPU", value));
                return;
            }
            value = cpus->list();
            break;
        }
        case Spelling::flag:
            value = value == "0" ? "false" : "true";
            break;
        case Spelling::kernel_kilohertz:
            value += "kHz";
            break;
        case Spelling::kernel_microseconds:
            value = value == "n/a" ? "0us" : value == "0" ? "unlimited" : value + "us";
            break;
        case Spelling::merging:
            value = value == "0" ? "off" : value == "1" ? "on" : "unmerge";
            break;
    }
    work.carry(option, file.section, file.key, value);
}

}  // namespace

void import_sysfs(const TunedWork& work) {
    for (const TunedOption& option : work.unit.options) {
        if (const std::string unknown = unexpanded_in(option.value); !unknown.empty()) {
            work.leave(option, unknown);
            continue;
        }
        const auto* const found =
            std::ranges::find_if(kernel_files, [&option](const KernelFile& file) {
                return fnmatch(file.path, option.name.c_str(), FNM_PATHNAME) == 0;
            });
        if (found == std::end(kernel_files)) {
            work.leave(option, "no setting here writes this file");
        } else {
            import_file(work, option, *found);
        }
    }
}

}  // namespace nanotune::cli
