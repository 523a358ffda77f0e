// Options of TuneD's that are one setting each.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "systemd_import.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

/// "a|b" at its bars: what TuneD tries in turn.
std::vector<std::string> choices_in(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        all.emplace_back(stripped(text.substr(0, text.find('|'))));
        text.remove_prefix(std::min(text.find('|'), text.size() - 1) + 1);
    }
    return all;
}

void governor(const TunedWork& work, const TunedOption& option) {
    const auto wanted = choices_in(option.value);
    const auto there = work.host.governors();
    const auto found = std::ranges::find_if(wanted, [&there](const std::string& one) {
        return std::ranges::find(there, one) != there.end();
    });
    if (wanted.empty()) {
        work.leave(option, "it names no governor");
    } else if (found != wanted.end() || there.empty()) {
        work.carry(
            option, "cpu", "governor", found != wanted.end() ? *found : wanted.front(),
            wanted.size() > 1 && there.empty() ? "the first, as no CPU here has governors" : "");
    } else {
        work.leave(option,
                   fmt::format("this host has none of them, but {}", fmt::join(there, ", ")));
    }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> biases = {
    {{"performance", "0"},
     {"balance-performance", "4"},
     {"normal", "6"},
     {"balance-power", "8"},
     {"powersave", "15"},
     {"power", "15"}}};

void energy_bias(const TunedWork& work, const TunedOption& option) {
    for (const std::string& word : choices_in(option.value)) {
        const auto* const found =
            std::ranges::find(biases, std::string_view(word), &decltype(biases)::value_type::first);
        if (found != biases.end()) {
            work.carry(option, "cpu", "energy_bias", found->second);
            return;
        }
    }
    work.leave(option,
               "none of performance, balance-performance, normal, balance-power, powersave");
}

/// The latency that a choice of force_latency means, in microseconds.
std::optional<std::string> latency_of(std::string_view choice, const TunedHost& host) {
    constexpr std::string_view by_number = "cstate.id";
    constexpr std::string_view by_name = "cstate.name";
    constexpr std::string_view no_zero = "_no_zero";
    std::optional<IdleState> state;
    bool skips_zero = false;
    for (const std::string_view start : {by_number, by_name}) {
        if (!choice.starts_with(start)) {
            continue;
        }
        std::string_view rest = choice.substr(start.size());
        skips_zero = rest.starts_with(no_zero);
        rest.remove_prefix(skips_zero ? no_zero.size() : 0);
        rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
        state = start == by_number
                    ? host.idle_state(static_cast<unsigned>(std::atoi(std::string(rest).c_str())))
                    : host.idle_state(rest);
        if (!state || (skips_zero && state->latency == 0)) {
            return std::nullopt;
        }
        return fmt::format("{}", state->latency);
    }
    const bool is_number =
        !choice.empty() && choice.find_first_not_of("0123456789") == std::string_view::npos;
    return is_number ? std::optional<std::string>(choice) : std::nullopt;
}

void force_latency(const TunedWork& work, const TunedOption& option) {
    for (const std::string& choice : choices_in(option.value)) {
        if (const auto latency = latency_of(choice, work.host)) {
            work.carry(option, "cpu", "wake_latency", *latency + "us",
                       choice == option.value ? "" : fmt::format("{} on this host", choice));
            return;
        }
    }
    work.leave(option, "this host has none of these idle states");
}

/// A flag of TuneD's: yes, true, 1, on.
void turbo(const TunedWork& work, const TunedOption& option) {
    const bool off = option.value == "1" || option.value == "true" || option.value == "yes" ||
                     option.value == "True" || option.value == "on";
    work.carry(option, "cpu", "turbo", off ? "false" : "true");
}

void boost(const TunedWork& work, const TunedOption& option) {
    work.carry(option, "cpu", "boost", option.value == "0" ? "false" : "true");
}

void energy_preference(const TunedWork& work, const TunedOption& option) {
    const auto wanted = choices_in(option.value);
    if (wanted.empty()) {
        work.leave(option, "it names no preference");
        return;
    }
    work.carry(option, "cpu", "energy_preference", wanted.front(),
               wanted.size() > 1 ? "the first of several" : "");
}

/// What older versions have in [sysctl]. A number of bytes may be a share of memory.
void dirty_memory(const TunedWork& work, const TunedOption& option) {
    constexpr std::string_view bytes = "bytes";
    if (!option.value.ends_with('%') || !option.name.ends_with(bytes)) {
        import_sysctl(work, option, "vm." + option.name);
        return;
    }
    TunedOption share = option;
    share.value.pop_back();
    import_sysctl(
        work, share,
        fmt::format("vm.{}ratio", option.name.substr(0, option.name.size() - bytes.size())));
}

void resume_latency(const TunedWork& work, const TunedOption& option) {
    const bool is_none = option.value == "n/a";
    work.carry(option, "cpu", "wake_latency",
               is_none               ? std::string("0us")
               : option.value == "0" ? std::string("unlimited")
                                     : option.value + "us");
}

void least_performance(const TunedWork& work, const TunedOption& option) {
    work.carry(option, "cpu", "min_performance", option.value + "%");
}

void huge_pages(const TunedWork& work, const TunedOption& option) {
    work.carry(option, "memory", "transparent_hugepages", option.value);
}

void huge_pages_defrag(const TunedWork& work, const TunedOption& option) {
    work.carry(option, "memory", "transparent_hugepages_defrag", option.value);
}

/// In KiB, or in sectors of 512 bytes with an s behind it.
void readahead(const TunedWork& work, const TunedOption& option) {
    if (work.unit.devices != "*") {
        work.leave(option, fmt::format("memory.readahead is of every disk, not of {} alone",
                                       work.unit.devices));
        return;
    }
    const Bounded found = bounded(option.value, std::nullopt);
    const bool in_sectors = found.value.contains('s');
    const long number = std::atol(found.value.c_str());
    const std::string value = fmt::format("{}KiB", in_sectors ? number / 2 : number);
    // Disks may differ: which of them have less, only the host knows at the time.
    if (option.value.starts_with('>')) {
        work.carry_bound(option, "memory", "readahead", value);
    } else {
        work.carry(option, "memory", "readahead", value, found.note);
    }
}

void banned_cpus(const TunedWork& work, const TunedOption& option) {
    const auto banned = CpuSet::from_list(option.value);
    const CpuSet rest = banned ? work.host.online() - *banned : CpuSet();
    if (!banned || rest.empty()) {
        work.leave(option, "no CPU is left for interrupts");
        return;
    }
    work.carry(option, "irq", "default_affinity", rest.list(),
               "of interrupts to come; those of a NIC: [irq.NAME] cpus, which irqbalance is told");
}

struct Single {
    std::string_view type;
    std::string_view option;
    void (*import)(const TunedWork& work, const TunedOption& option);
};

constexpr Single singles[] = {
    {"cpu", "governor", governor},
    {"cpu", "energy_perf_bias", energy_bias},
    {"cpu", "force_latency", force_latency},
    {"cpu", "min_perf_pct", least_performance},
    {"cpu", "no_turbo", turbo},
    {"cpu", "boost", boost},
    {"cpu", "energy_performance_preference", energy_preference},
    {"cpu", "pm_qos_resume_latency_us", resume_latency},
    {"vm", "transparent_hugepages", huge_pages},
    {"vm", "transparent_hugepage", huge_pages},
    {"vm", "transparent_hugepage.defrag", huge_pages_defrag},
    {"vm", "dirty_ratio", dirty_memory},
    {"vm", "dirty_bytes", dirty_memory},
    {"vm", "dirty_background_ratio", dirty_memory},
    {"vm", "dirty_background_bytes", dirty_memory},
    {"disk", "readahead", readahead},
    {"irqbalance", "banned_cpus", banned_cpus},
};

}  // namespace

void import_sysctl(const TunedWork& work, const TunedOption& option, std::string_view name) {
    const std::string key = sysctl_key(name);
    std::string path = "/proc/sys/" + key;
    if (!key.contains('/')) {
        std::ranges::replace(path.begin() + 10, path.end(), '.', '/');
    }
    const Bounded found = bounded(unquoted(option.value), work.host.file(path));
    work.carry(option, "sysctl", toml_text(key), found.value, found.note);
}

void import_single(const TunedWork& work) {
    for (const TunedOption& option : work.unit.options) {
        if (const std::string unknown = unexpanded_in(option.value); !unknown.empty()) {
            work.leave(option, unknown);
            continue;
        }
        if (work.unit.type == "sysctl") {
            import_sysctl(work, option, option.name);
            continue;
        }
        const auto* const found = std::ranges::find_if(singles, [&](const Single& single) {
            return single.type == work.unit.type && single.option == option.name;
        });
        if (found == std::end(singles)) {
            work.leave(option, fmt::format("no setting here is TuneD's {}.{}", work.unit.type,
                                           option.name));
        } else {
            found->import(work, option);
        }
    }
}

}  // namespace nanotune::cli
