// TuneD's [sysfs]: files of the kernel's, by the settings that write them here.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fnmatch.h>

#include "model/ini_text.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

enum class Spelling {
    as_is,
    cpu_mask,
    flag,
    kernel_kilohertz,
    kernel_microseconds,
    kernel_nanoseconds,
    merging
};

struct KernelFile {
    /// A glob, which the path or glob of a profile is one of. "{}" stands for the device, or for
    /// the number of the CPU. What a setting sets alike everywhere is "[*]": all, and not one.
    std::string_view path;
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
    {"/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor", "cpu", "governor"},
    {"/sys/devices/system/cpu/cpufreq/policy{}/scaling_governor", "cpu", "governor"},
    {"/sys/devices/system/cpu/cpu{}/cpufreq/scaling_min_freq", "cpu", "min_frequency",
     Spelling::kernel_kilohertz},
    {"/sys/devices/system/cpu/cpu{}/cpufreq/scaling_max_freq", "cpu", "max_frequency",
     Spelling::kernel_kilohertz},
    {"/sys/devices/system/cpu/cpu{}/power/pm_qos_resume_latency_us", "cpu", "wake_latency",
     Spelling::kernel_microseconds},
    {"/sys/devices/system/cpu/cpufreq/boost", "cpu", "boost", Spelling::flag},
    {"/sys/devices/system/cpu/smt/control", "cpu", "smt"},
    {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "cpu", "clocksource"},
    {"/sys/class/net/{}/mtu", "nic", "mtu"},
    {"/sys/class/net/{}/tx_queue_len", "nic", "txqueuelen"},
    {"/sys/class/net/{}/napi_defer_hard_irqs", "nic", "napi.defer_hard_irqs"},
    {"/sys/class/net/{}/gro_flush_timeout", "nic", "napi.gro_flush_timeout",
     Spelling::kernel_nanoseconds},
    {"/sys/class/net/{}/threaded", "nic", "napi.threaded", Spelling::flag},
    {"/sys/class/net/{}/queues/rx-[*]/rps_cpus", "nic", "rps.cpus", Spelling::cpu_mask},
    {"/sys/class/net/{}/queues/rx-[*]/rps_flow_cnt", "nic", "rps.flow_cnt"},
    {"/sys/class/net/{}/queues/tx-[*]/xps_cpus", "nic", "xps.cpus", Spelling::cpu_mask},
    {"/sys/class/net/{}/queues/tx-[*]/byte_queue_limits/limit_max", "nic", "bql.limit_max"},
    {"/sys/class/net/{}/queues/tx-[*]/byte_queue_limits/limit_min", "nic", "bql.limit_min"},
};

constexpr std::string_view placeholder = "{}";
constexpr std::string_view sysctls = "/proc/sys/";

/// What a path has for "{}"; "" where the table's path has none. Nothing for another path.
std::optional<std::string> place_in(std::string_view pattern, std::string_view path) {
    const std::size_t at = pattern.find(placeholder);
    std::string_view place;
    if (at != std::string_view::npos) {
        if (path.size() < at || path.substr(0, at) != pattern.substr(0, at)) {
            return std::nullopt;
        }
        place = path.substr(at, path.find('/', at) - at);
        path.remove_prefix(at + place.size());
        pattern.remove_prefix(at + placeholder.size());
    }
    const bool fits =
        fnmatch(std::string(pattern).c_str(), std::string(path).c_str(), FNM_PATHNAME) == 0;
    return fits && (at == std::string_view::npos || !place.empty())
               ? std::optional(std::string(place))
               : std::nullopt;
}

/// The same path for one of those that are set alike.
std::string for_one(std::string_view pattern) {
    std::string loose(pattern);
    for (std::size_t at = loose.find("[*]"); at != std::string::npos; at = loose.find("[*]")) {
        loose.replace(at, 3, "*");
    }
    return loose;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The section for that place; "" where a section cannot say it.
std::string section_for(std::string_view section, const std::string& place) {
    if (section == "nic") {
        return fmt::format("nic.{}", toml_text(place));
    }
    if (place.empty() || place == "*") {
        return std::string(section);
    }
    return is_number(place) ? fmt::format("{}.{}", section, place) : std::string();
}

/// What only the steering of queues takes for a mask.
constexpr std::string_view no_cpu = "none";

/// As a profile spells what the kernel takes; nothing where it is no mask.
std::optional<std::string> spelled(Spelling spelling, const std::string& value) {
    switch (spelling) {
        case Spelling::as_is:
            break;
        case Spelling::cpu_mask: {
            const auto cpus = cpus_of_text(value);
            return cpus ? std::optional(cpus->empty() ? std::string(no_cpu) : cpus->list())
                        : std::nullopt;
        }
        case Spelling::flag:
            return value == "0" ? "false" : "true";
        case Spelling::kernel_kilohertz:
            return value + "kHz";
        case Spelling::kernel_microseconds:
            return value == "n/a" ? "0us" : value == "0" ? "unlimited" : value + "us";
        case Spelling::kernel_nanoseconds:
            return value + "ns";
        case Spelling::merging:
            return value == "0" ? "off" : value == "1" ? "on" : "unmerge";
    }
    return value;
}

/// "0" of a path with queues/rx-0.
std::string queue_in(std::string_view path) {
    constexpr std::string_view queues = "/queues/";
    constexpr std::size_t direction = 3;  // "rx-"
    path.remove_prefix(std::min(path.find(queues) + queues.size() + direction, path.size()));
    return std::string(path.substr(0, path.find('/')));
}

/// `section`: "" where none can say it.
void import_file(const TunedWork& work, const TunedOption& option, const KernelFile& file,
                 const std::string& section) {
    const std::string text = unquoted(option.value);
    const auto value = spelled(file.spelling, text);
    if (!value || (*value == no_cpu && file.section != "nic")) {
        work.leave(option, fmt::format("\"{}\" is no mask of any CPU", text));
    } else if (section.empty()) {
        work.leave(option,
                   fmt::format("to be written by hand: {}.{} does it, for {} by their numbers",
                               file.section, file.key, file.section == "nic" ? "queues" : "CPUs"));
    } else {
        work.carry(option, section, file.key, *value);
    }
}

/// Whether the option is of this file.
bool import_as(const KernelFile& file, const TunedWork& work, const TunedOption& option) {
    if (const auto place = place_in(file.path, option.name)) {
        import_file(work, option, file, section_for(file.section, *place));
        return true;
    }
    const auto device = place_in(for_one(file.path), option.name);
    if (device) {
        const std::string queue = queue_in(option.name);
        import_file(work, option, file,
                    is_number(queue)
                        ? fmt::format("nic.{}.queue.{}", toml_text(*device), toml_text(queue))
                        : "");
    }
    return device.has_value();
}

/// Whether the file is one that settings write.
bool import_known_file(const TunedWork& work, const TunedOption& option) {
    return std::ranges::any_of(
        kernel_files, [&](const KernelFile& file) { return import_as(file, work, option); });
}

}  // namespace

void import_sysfs(const TunedWork& work) {
    for (const TunedOption& option : work.unit.options) {
        if (const std::string unknown = unexpanded_in(option.value); !unknown.empty()) {
            work.leave(option, unknown);
            continue;
        }
        if (option.name.starts_with(sysctls)) {
            import_sysctl(work, option, std::string_view(option.name).substr(sysctls.size()));
        } else if (!import_known_file(work, option)) {
            work.leave(option, "no setting here writes this file");
        }
    }
}

}  // namespace nanotune::cli
