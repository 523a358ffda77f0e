#include "sample.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "words.hpp"

namespace nanotune::facts {

namespace {

// Fields of /proc/PID/stat behind the name (proc(5)): state is the first.
constexpr std::size_t state_field = 0;
constexpr std::size_t flags_field = 6;
constexpr std::size_t user_ticks_field = 11;
constexpr std::size_t system_ticks_field = 12;
constexpr std::size_t cpu_field = 36;
constexpr std::uint64_t kernel_thread = 0x0020'0000;  // PF_KTHREAD

std::string text_of(System& system, const std::string& path) {
    return system.files().read(path).value_or("");
}

std::vector<std::string> names_in(System& system, const std::string& folder) {
    return system.files().list(folder).value_or(std::vector<std::string>());
}

void add_thread(System& system, unsigned process, unsigned thread, Sample& sample) {
    const std::string stat = text_of(system, fmt::format("/proc/{}/task/{}/stat", process, thread));
    const std::size_t open = stat.find('(');
    const std::size_t close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) {
        return;
    }
    const auto fields = words(std::string_view(stat).substr(close + 1));
    if (fields.size() <= cpu_field) {
        return;
    }
    const auto field = [&fields](std::size_t at) { return number(fields[at]).value_or(0); };
    sample.threads[thread] = {.process = process,
                              .name = stat.substr(open + 1, close - open - 1),
                              .is_kernel = (field(flags_field) & kernel_thread) != 0,
                              .is_runnable = fields[state_field] == "R",
                              .cpu = static_cast<unsigned>(field(cpu_field)),
                              .ticks = field(user_ticks_field) + field(system_ticks_field)};
}

/// Who looks: proc(5) has it first in its own file.
std::optional<std::uint64_t> own_process(System& system) {
    const std::string stat = text_of(system, "/proc/self/stat");
    return number(std::string_view(stat).substr(0, stat.find(' ')));
}

/// Of all processes but the one that looks, which is gone with the answer.
void add_threads(System& system, Sample& sample) {
    const auto self = own_process(system);
    for (const std::string& process : names_in(system, "/proc")) {
        const auto id = number(process);
        if (!id || id == self) {
            continue;
        }
        for (const std::string& thread : names_in(system, fmt::format("/proc/{}/task", process))) {
            if (const auto own = number(thread)) {
                add_thread(system, static_cast<unsigned>(*id), static_cast<unsigned>(*own), sample);
            }
        }
    }
}

/// The kernel's own, by the files of /sys/class/net/NAME/statistics.
constexpr std::string_view kernel_counters[] = {
    "rx_dropped", "rx_missed_errors", "rx_fifo_errors",   "rx_over_errors", "rx_crc_errors",
    "rx_errors",  "rx_frame_errors",  "rx_length_errors", "rx_nohandler",   "tx_dropped",
    "tx_errors",  "tx_fifo_errors",   "tx_carrier_errors"};

Counts losses_of(System& system, const std::string& nic, const Counts& driver) {
    Counts counts;
    for (const std::string_view name : kernel_counters) {
        const auto value =
            number(text_of(system, fmt::format("/sys/class/net/{}/statistics/{}", nic, name)));
        if (value) {
            counts[std::string(name)] = *value;
        }
    }
    for (const auto& [name, value] : driver) {
        if (tells_of_loss(name)) {
            counts.emplace(name, value);
        }
    }
    return counts;
}

/// As `ethtool -S` shows them.
Counts driver_counters(System& system, const std::string& nic) {
    Counts counts;
    if (const auto own = system.ethtool().counters(nic)) {
        counts.insert(own->begin(), own->end());
    }
    return counts;
}

}  // namespace

bool tells_of_loss(std::string_view name) {
    constexpr std::string_view signs[] = {
        "drop",      "miss",    "err",           "no_buf",
        "nobuf",     "crc",     "discard",       "overflow",
        "overrun",   "fifo",    "over_",         "alloc_fail",
        "csum_none", "timeout", "out_of_buffer", "no_dma_resources"};
    // What misses a filter or a cache, and interrupts, which have "err" in their name.
    constexpr std::string_view others[] = {"fdir", "steer", "cache", "irq", "interrupt"};
    const auto is_in = [name](std::string_view sign) { return name.contains(sign); };
    return std::ranges::any_of(signs, is_in) && std::ranges::none_of(others, is_in);
}

std::map<unsigned, CpuTicks> cpu_ticks(std::string_view proc_stat) {
    constexpr std::size_t idle = 4;
    constexpr std::size_t waiting = 5;
    constexpr std::size_t stolen = 8;
    constexpr std::size_t guests = 9;  // which are in the time of programs, too
    std::map<unsigned, CpuTicks> all;
    for (const std::string_view line : lines(proc_stat)) {
        const auto fields = words(line);
        const auto cpu = fields[0].starts_with("cpu") ? number(fields[0].substr(3)) : std::nullopt;
        if (!cpu) {
            continue;
        }
        CpuTicks& ticks = all[static_cast<unsigned>(*cpu)];
        for (std::size_t i = 1; i < std::min(fields.size(), guests); ++i) {
            const std::uint64_t count = number(fields[i]).value_or(0);
            ticks.all += count;
            ticks.idle += i == idle || i == waiting ? count : 0;
            ticks.stolen += i == stolen ? count : 0;
        }
    }
    return all;
}

std::map<std::string, Interrupt> interrupts_in(std::string_view proc_interrupts) {
    std::map<std::string, Interrupt> all;
    std::vector<unsigned> cpus;
    for (const std::string_view line : lines(proc_interrupts)) {
        const auto fields = words(line);
        if (fields.empty()) {
            continue;
        }
        if (cpus.empty()) {
            for (const std::string_view title : fields) {
                cpus.push_back(static_cast<unsigned>(
                    number(title.starts_with("CPU") ? title.substr(3) : title).value_or(0)));
            }
            continue;
        }
        std::string_view name = fields[0];
        name.remove_suffix(name.ends_with(':') ? 1 : 0);
        Interrupt& interrupt = all[std::string(name)];
        std::size_t at = 1;
        for (; at < fields.size() && at <= cpus.size(); ++at) {
            const auto count = number(fields[at]);
            if (!count) {
                break;  // ERR and MIS have one number
            }
            interrupt.on[cpus[at - 1]] = *count;
        }
        // Behind the numbers a device's interrupt has its controller, its number there, its name.
        for (at += number(name) ? 2 : 0; at < fields.size(); ++at) {
            interrupt.action += interrupt.action.empty() ? "" : " ";
            interrupt.action += fields[at];
        }
    }
    return all;
}

Counts softnet_in(std::string_view softnet_stat) {
    Counts counts;
    for (const std::string_view line : lines(softnet_stat)) {
        const auto fields = words(line);
        if (fields.size() >= 3) {
            counts["dropped"] += number(fields[1], 16).value_or(0);
            counts["squeezed"] += number(fields[2], 16).value_or(0);
        }
    }
    return counts;
}

Counts pairs_in(std::string_view snmp) {
    Counts counts;
    const auto all = lines(snmp);
    for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
        const auto names = words(all[i]);
        const auto values = words(all[i + 1]);
        for (std::size_t at = 1; at < std::min(names.size(), values.size()); ++at) {
            std::string_view kind = names[0];
            kind.remove_suffix(1);  // its colon
            counts[fmt::format("{}.{}", kind, names[at])] = number(values[at]).value_or(0);
        }
    }
    return counts;
}

Sample sampled(System& system, const std::vector<std::string>& nics) {
    Sample sample;
    sample.at = std::chrono::steady_clock::now();
    sample.cpus = cpu_ticks(text_of(system, "/proc/stat"));
    sample.interrupts = interrupts_in(text_of(system, "/proc/interrupts"));
    add_threads(system, sample);
    sample.softnet = softnet_in(text_of(system, "/proc/net/softnet_stat"));
    sample.network = pairs_in(text_of(system, "/proc/net/snmp"));
    sample.network.merge(pairs_in(text_of(system, "/proc/net/netstat")));
    sample.network.merge([&system] {
        Counts six;  // /proc/net/snmp6 has a name and a number a line
        const std::string text = text_of(system, "/proc/net/snmp6");
        for (const std::string_view line : lines(text)) {
            const auto fields = words(line);
            if (fields.size() == 2) {
                six[std::string(fields[0])] = number(fields[1]).value_or(0);
            }
        }
        return six;
    }());
    for (const std::string& nic : nics) {
        sample.drivers[nic] = driver_counters(system, nic);
        sample.nics[nic] = losses_of(system, nic, sample.drivers[nic]);
    }
    return sample;
}

}  // namespace nanotune::facts
