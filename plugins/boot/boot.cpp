// What only a new boot can change: CPUs that the scheduler, the tick and RCU leave alone from the
// first moment, and the kernel's own watchdogs and power saving. Checked here; `nanotune boot`
// prints the line that is wanted.
#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>

#include <nanotune/discover.hpp>
#include <nanotune/plugin.hpp>

#include "boot_bank.hpp"

namespace nanotune::boot {
namespace {

constexpr auto reboot = Impact::needs_reboot;

constexpr Tunable parameter(std::string_view name, Domain domain, std::string_view summary) {
    return {
        .name = name, .domain = domain, .impact = reboot, .summary = summary, .check_only = true};
}

// Stands on the line, or does not.
constexpr Tunable bare(std::string_view name, std::string_view summary) {
    return parameter(name, flag(), summary);
}

/// The kernel takes each double quote for the begin or end of what spaces belong to, so that one in
/// a value would draw what stands behind it into the value.
Result<std::string> value_on_line(std::string_view text) {
    if (text == "true" || text == "false") {
        return failure(ErrorCode::invalid, "write 0 or 1");
    }
    return text.contains('"') ? failure(ErrorCode::invalid,
                                        "the kernel's command line cannot say a double quote; one "
                                        "with spaces is quoted as a whole without being asked")
                              : Result<std::string>(std::string(text));
}

/// A list in a profile comes with commas, which the kernel takes here between the nodes of one
/// value alone: "0:16,1:16".
Result<std::string> values_on_line(std::string_view text) {
    const bool is_by_node = std::ranges::all_of(text | std::views::split(','), [](auto part) {
        return std::string_view(part.begin(), part.end()).contains(':');
    });
    return text.contains(',') && !is_by_node
               ? failure(ErrorCode::invalid, "several have spaces between")
               : value_on_line(text);
}

constexpr Tunable assigned(std::string_view name, std::string_view summary) {
    return parameter(name, normal_text(value_on_line, "text on one line"), summary);
}

constexpr Tunable repeated(std::string_view name, std::string_view summary) {
    return parameter(name, normal_text(values_on_line, "text on one line"), summary);
}

constexpr BootRow rows[] = {
    {.tunable = {.name = "isolcpus",
                 .domain = cpu_list(),
                 .impact = reboot,
                 .summary =
                     "CPUs that the scheduler places nothing on by itself; words before the list "
                     "are isolcpus_flags.",
                 .check_only = true},
     .in_force = "/sys/devices/system/cpu/isolated"},
    {.tunable = {.name = "isolcpus_flags",
                 .domain =
                     choice("domain | managed_irq | managed_irq,domain | nohz | nohz,domain | "
                            "nohz,managed_irq | nohz,managed_irq,domain"),
                 .impact = reboot,
                 .summary = "What isolcpus keeps away from its CPUs: scheduling domains, managed "
                            "interrupts, the tick.",
                 .check_only = true}},
    {.tunable = {.name = "nohz_full",
                 .domain = cpu_list(),
                 .impact = reboot,
                 .summary = "CPUs without a tick while they run a single thread.",
                 .check_only = true},
     .in_force = "/sys/devices/system/cpu/nohz_full"},
    {.tunable = {.name = "rcu_nocbs",
                 .domain = cpu_list(),
                 .impact = reboot,
                 .summary = "CPUs whose RCU callbacks run elsewhere.",
                 .check_only = true}},
    {.tunable =
         bare("rcu_nocb_poll", "Threads that run those callbacks poll instead of being woken.")},
    {.tunable = {.name = "irqaffinity",
                 .domain = cpu_list(),
                 .impact = reboot,
                 .summary = "CPUs that interrupts start on.",
                 .check_only = true}},
    {.tunable =
         assigned("skew_tick", "1 keeps the ticks of different CPUs from contending for locks.")},
    {.tunable = bare("nosoftlockup", "No watchdog thread on any CPU.")},
    {.tunable = assigned("nmi_watchdog",
                         "0 starts without the performance counter that finds hung CPUs.")},
    {.tunable = assigned("mce", "\"ignore_ce\" stops polling for corrected memory errors.")},
    {.tunable = assigned("tsc", "\"reliable\" trusts the time stamp counter without checking it.")},
    {.tunable = assigned("intel_idle.max_cstate",
                         "Deepest idle state of intel_idle; 0 leaves idling to another driver.")},
    {.tunable = assigned("processor.max_cstate", "Deepest idle state that ACPI may use.")},
    {.tunable = assigned("idle", "\"poll\" keeps every idle CPU spinning.")},
    {.tunable = assigned("iommu", "\"pt\" lets the host's own devices reach memory untranslated.")},
    {.tunable = assigned("default_hugepagesz", "Size of huge page for those who name none.")},
    {.tunable = repeated("hugepagesz",
                         "Sizes of huge pages to set aside at boot; several with spaces between.")},
    {.tunable = repeated("hugepages", "How many of each size in hugepagesz, in the same order.")},
    {.tunable = bare("nosmt", "One hardware thread a core from the start.")},
    {.tunable = assigned(
         "nohz", "\"on\" lets the tick stop on idle CPUs, as it does unless switched off.")},
    {.tunable = assigned("intel_pstate",
                         "\"disable\" leaves the frequency to acpi-cpufreq; \"active\" and "
                         "\"passive\" say who picks it.")},
    {.tunable = assigned(
         "amd_pstate", R"("active", "passive", "guided" or "disable": who picks the frequency.)")},
    {.tunable = assigned("kvm.kvmclock_periodic_sync",
                         "0 spares virtual machines a periodic correction of their clock.")},
    {.tunable = assigned("kvm.nx_huge_pages",
                         "0 keeps huge pages of virtual machines whole; gives up a protection from "
                         "a hardware vulnerability.")},
    {.tunable =
         assigned("kvm_intel.ple_gap", "0 lets a virtual CPU spin without leaving to the host.")},
    {.tunable = assigned("audit", "0 starts without auditing of system calls.")},
    {.tunable = assigned("pcie_aspm",
                         "\"off\" leaves the power saving of PCIe links as the firmware set it.")},
    {.tunable = assigned("mitigations",
                         "\"off\" gives up protection from hardware vulnerabilities; no shipped "
                         "profile does, ask for it in so many words.")},
};

void define(PluginBuilder& boot) {
    boot.add<BootBank>(packed<rows>, BankPlace{Stage::host, discover::host});
}

}  // namespace
}  // namespace nanotune::boot

NANOTUNE_PLUGIN("boot", "The kernel's command line: checked, never written.",
                nanotune::boot::define)
