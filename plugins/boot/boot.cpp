// What only a new boot can change: CPUs that the scheduler, the tick and RCU leave alone from the
// first moment, and the kernel's own watchdogs and power saving. Checked here; `nanotune boot`
// prints the line that is wanted.
#include <nanotune/discover.hpp>
#include <nanotune/plugin.hpp>

#include "boot_bank.hpp"

namespace nanotune::boot {
namespace {

constexpr auto reboot = Impact::needs_reboot;
constexpr auto given = flag();  // a bare word: it stands on the line, or it does not

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
    {.tunable = {.name = "rcu_nocb_poll",
                 .domain = given,
                 .impact = reboot,
                 .summary = "Threads that run those callbacks poll instead of being woken.",
                 .check_only = true}},
    {.tunable = {.name = "irqaffinity",
                 .domain = cpu_list(),
                 .impact = reboot,
                 .summary = "CPUs that interrupts start on.",
                 .check_only = true}},
    {.tunable = {.name = "skew_tick",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "1 keeps the ticks of different CPUs from contending for locks.",
                 .check_only = true}},
    {.tunable = {.name = "nosoftlockup",
                 .domain = given,
                 .impact = reboot,
                 .summary = "No watchdog thread on any CPU.",
                 .check_only = true}},
    {.tunable = {.name = "nmi_watchdog",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "0 starts without the performance counter that finds hung CPUs.",
                 .check_only = true}},
    {.tunable = {.name = "mce",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"ignore_ce\" stops polling for corrected memory errors.",
                 .check_only = true}},
    {.tunable = {.name = "tsc",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"reliable\" trusts the time stamp counter without checking it.",
                 .check_only = true}},
    {.tunable = {.name = "intel_idle.max_cstate",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "Deepest idle state of intel_idle; 0 leaves idling to another driver.",
                 .check_only = true}},
    {.tunable = {.name = "processor.max_cstate",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "Deepest idle state that ACPI may use.",
                 .check_only = true}},
    {.tunable = {.name = "idle",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"poll\" keeps every idle CPU spinning.",
                 .check_only = true}},
    {.tunable = {.name = "iommu",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"pt\" lets the host's own devices reach memory untranslated.",
                 .check_only = true}},
    {.tunable = {.name = "default_hugepagesz",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "Size of huge page for those who name none.",
                 .check_only = true}},
    {.tunable = {.name = "hugepagesz",
                 .domain = text(),
                 .impact = reboot,
                 .summary =
                     "Sizes of huge pages to set aside at boot; several with spaces between.",
                 .check_only = true}},
    {.tunable = {.name = "hugepages",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "How many of each size in hugepagesz, in the same order.",
                 .check_only = true}},
    {.tunable = {.name = "nosmt",
                 .domain = given,
                 .impact = reboot,
                 .summary = "One hardware thread a core from the start.",
                 .check_only = true}},
    {.tunable = {.name = "audit",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "0 starts without auditing of system calls.",
                 .check_only = true}},
    {.tunable = {.name = "pcie_aspm",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"off\" leaves the power saving of PCIe links as the firmware set it.",
                 .check_only = true}},
    {.tunable = {.name = "mitigations",
                 .domain = text(),
                 .impact = reboot,
                 .summary = "\"off\" gives up protection from hardware vulnerabilities; no shipped "
                            "profile does, ask for it in so many words.",
                 .check_only = true}},
};

void define(PluginBuilder& boot) {
    boot.add<BootBank>(rows, BankPlace{Stage::host, discover::host});
}

}  // namespace
}  // namespace nanotune::boot

NANOTUNE_PLUGIN("boot", "The kernel's command line: checked, never written.",
                nanotune::boot::define)
