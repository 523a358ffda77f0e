// The table of checks.
#include <fmt/format.h>

#include "../import/import.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

namespace {

constexpr Check all_checks[] = {
    {"node", "NIC, interrupts, memory and datapath on one node", look_at_nodes},
    {"interrupts", "no interrupts on isolated and datapath CPUs", look_at_interrupts},
    {"tasks", "no other threads on those CPUs", look_at_tasks},
    {"load", "CPUs with time to spare, and not taken by other guests", look_at_load},
    {"rings", "nothing lost in the NIC, for want of buffers or by a bad link", look_at_rings},
    {"stack", "nothing lost in the kernel's queues and sockets", look_at_stack},
    {"datapath", "nothing lost in datapaths", look_at_datapaths},
    {"checksums", "no packets with wrong checksums, and the NIC checks them", look_at_checksums},
    {"frequency", "CPUs run as fast as they can", look_at_frequency},
    {"sleep", "CPUs wake up quickly", look_at_sleep},
    {"smt", "cores are not shared by hardware threads", look_at_threads},
    {"throttling", "real-time threads may run without a break", look_at_throttling},
    {"pcie", "the NIC has all the PCIe that it can use", look_at_pcie},
    {"delays", "the NIC does not wait before it tells", look_at_delays},
    {"path", "packets of full size reach the peer", look_at_path},
    {"clock", "the time is read without leaving user space", look_at_clock},
    {"rights", "everything could be looked at", look_at_rights},
    {"tools", "no other program sets what profiles set", look_at_tools},
};

}  // namespace

std::span<const Check> checks() {
    return all_checks;
}

Findings findings_of(const HostFacts& facts) {
    Findings all;
    for (const Check& check : all_checks) {
        Findings own;
        check.look(facts, own);
        for (Finding& finding : own) {
            finding.check = check.name;
            all.push_back(std::move(finding));
        }
    }
    return all;
}

CpuSet guarded(const HostFacts& facts) {
    const Hardware& hardware = facts.topology.hardware;
    CpuSet cpus = hardware.topology.isolated | hardware.partitioned | hardware.nohz_full;
    for (const DatapathFacts& datapath : facts.datapaths) {
        cpus = cpus | datapath.cpus;
    }
    return cpus & hardware.topology.online;
}

std::string told(const HostCounter& counter, const HostFacts& facts) {
    const double seconds = facts.counted_seconds > 0 ? facts.counted_seconds : facts.seconds;
    return counter.grown() > 0
               ? fmt::format("{} within {:.1f} s, {} since the start", counter.grown(), seconds,
                             counter.now)
               : fmt::format("{} since the start, none within {:.1f} s", counter.now, seconds);
}

std::string named(const CpuSet& cpus) {
    return fmt::format("{} {}", cpus.size() == 1 ? "CPU" : "CPUs", cpus.list());
}

std::string section_of(std::string_view plugin, std::string_view word) {
    return fmt::format("{}.{}", plugin, toml_text(word));
}

std::string optional_text(std::string_view value) {
    return fmt::format("{{ value = {}, optional = true }}", toml_text(value));
}

std::string optional_flag(bool value) {
    return fmt::format("{{ value = {}, optional = true }}", value);
}

}  // namespace nanotune::doctor
