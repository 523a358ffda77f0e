// Settings that are files of /proc/sys. The names are the kernel's; so are the numbers, because a
// line of sysctl.conf should mean here what it means there. What other plugins own (vm.swappiness)
// is an alias of theirs.
#include <limits>

#include <nanotune/cpu_set.hpp>
#include <nanotune/discover.hpp>
#include <nanotune/plugin.hpp>

#include "sysctl_bank.hpp"

namespace nanotune::sysctl {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
constexpr auto zero_or_one = integer(0, 1);

Result<std::string> normal_mask(std::string_view text) {
    NT_TRY(const CpuSet cpus, CpuSet::from_mask(text));
    return cpus.mask();
}

/// A text, because "3" is two CPUs in a line of sysctl.conf and one in a list.
constexpr Domain mask_of_cpus =
    with_samples(normal_text(normal_mask, "a mask of CPUs such as \"ff\""), "1 | 2");

constexpr Tunable known[] = {
    {.name = "net.core.rmem_max",
     .domain = integer(2048, most, Unit::bytes),
     .summary = "Largest receive buffer that a program may ask for."},
    {.name = "net.core.wmem_max",
     .domain = integer(2048, most, Unit::bytes),
     .summary = "Largest send buffer that a program may ask for."},
    {.name = "net.core.rmem_default",
     .domain = integer(2048, most, Unit::bytes),
     .summary = "Receive buffer of a socket that asks for none."},
    {.name = "net.core.wmem_default",
     .domain = integer(2048, most, Unit::bytes),
     .summary = "Send buffer of a socket that asks for none."},
    {.name = "net.core.busy_read",
     .domain = integer(0, most, Unit::microseconds),
     .summary = "Time that a blocking read polls the device before it sleeps."},
    {.name = "net.core.busy_poll",
     .domain = integer(0, most, Unit::microseconds),
     .summary = "Time that poll and select poll the device before they sleep."},
    {.name = "net.core.netdev_budget",
     .domain = integer(1, most),
     .summary = "Packets that one run of the receive softirq handles, over all devices."},
    {.name = "net.core.netdev_budget_usecs",
     .domain = integer(1, most, Unit::microseconds),
     .summary = "Time after which one run of the receive softirq ends."},
    {.name = "net.core.netdev_max_backlog",
     .domain = integer(0, most),
     .summary = "Packets that wait on a CPU for the stack before more are dropped."},
    {.name = "net.core.dev_weight",
     .domain = integer(1, most),
     .summary = "Packets of the backlog that one turn of the receive softirq handles."},
    {.name = "net.core.gro_normal_batch",
     .domain = integer(1, most),
     .summary = "Packets that GRO gathers before it hands them to the stack."},
    {.name = "net.core.netdev_tstamp_prequeue",
     .domain = zero_or_one,
     .summary = "Whether packets are time-stamped before RPS moves them to their CPU."},
    {.name = "net.core.rps_sock_flow_entries",
     .domain = integer(0, 1 << 29),
     .summary = "Flows whose CPU receive flow steering remembers; a power of two."},
    {.name = "net.core.somaxconn",
     .domain = integer(0, most),
     .summary = "Connections that wait at a listening socket to be accepted, at most."},
    {.name = "net.core.flow_limit_cpu_bitmap",
     .domain = mask_of_cpus,
     .summary = "Mask of the CPUs on which no flow may fill more than half of the backlog."},
    {.name = "net.core.rps_default_mask",
     .domain = mask_of_cpus,
     .summary = "Mask of the CPUs for packets of receive queues that come later (RPS)."},
    {.name = "net.core.default_qdisc",
     .domain = with_samples(text(), "fq | pfifo_fast"),
     .summary = "Queueing discipline of devices that come up later."},
    {.name = "net.ipv4.tcp_congestion_control",
     .domain = with_samples(text(), "reno | cubic"),
     .summary = "Congestion control of connections that ask for none."},
    {.name = "net.ipv4.ip_local_port_range",
     .domain = numbers(2, 2),
     .summary = "First and last port of sockets that ask for none."},
    {.name = "net.core.bpf_jit_enable",
     .domain = integer(0, 2),
     .summary = "Whether BPF programs run as machine code; 2 also logs it."},
    {.name = "net.ipv4.tcp_low_latency",
     .domain = zero_or_one,
     .summary = "Without effect since Linux 4.14."},
    {.name = "net.ipv4.tcp_autocorking",
     .domain = zero_or_one,
     .summary = "Whether small writes wait for a packet that is still in the device's queue."},
    {.name = "net.ipv4.tcp_slow_start_after_idle",
     .domain = zero_or_one,
     .summary = "Whether a connection that was idle begins with a small window again."},
    {.name = "net.ipv4.tcp_fastopen",
     .domain = integer(0, 0x707),
     .summary = "Bits: data in the opening packet as client (1), as server (2), and finer ones."},
    {.name = "net.ipv4.tcp_rmem",
     .domain = ascending_numbers(3, 3),
     .summary = "Least, first and largest receive buffer of a connection, in bytes."},
    {.name = "net.ipv4.tcp_wmem",
     .domain = ascending_numbers(3, 3),
     .summary = "Least, first and largest send buffer of a connection, in bytes."},
    {.name = "net.ipv4.tcp_timestamps",
     .domain = integer(0, 2),
     .summary = "Twelve bytes of time stamps a packet: none (0), with (1) or without (2) a random "
                "offset."},
    {.name = "net.ipv4.tcp_sack",
     .domain = zero_or_one,
     .summary = "Whether the receiver says which packets behind a lost one it has."},
    {.name = "net.ipv4.udp_mem",
     .domain = ascending_numbers(3, 3),
     .summary = "Memory of all UDP sockets, in pages: no care, pressure, limit."},
    {.name = "net.ipv4.udp_rmem_min",
     .domain = integer(1, most, Unit::bytes),
     .summary = "Receive buffer that a UDP socket keeps under memory pressure."},
    {.name = "net.ipv4.igmp_max_memberships",
     .domain = integer(0, most),
     .summary = "Multicast groups that one socket may join."},
    {.name = "kernel.soft_watchdog",
     .domain = zero_or_one,
     .summary = "Whether a thread on every CPU looks for CPUs that stopped scheduling.",
     .alias = "kernel.watchdog"},
    {.name = "kernel.nmi_watchdog",
     .domain = zero_or_one,
     .summary = "Whether a performance counter interrupts every CPU to find hung ones.",
     .alias = "kernel.watchdog"},
    {.name = "kernel.watchdog_cpumask",
     .domain = cpu_list(),
     .summary = "CPUs that the watchdogs watch."},
    {.name = "kernel.timer_migration",
     .domain = zero_or_one,
     .summary = "Whether timers of an idle CPU move to a busy one."},
    {.name = "kernel.sched_rt_runtime_us",
     .domain = microseconds_or_unlimited({.zero_is = {}, .unlimited_is = "-1"}),
     .summary = "Share of sched_rt_period_us that real-time threads may use; -1 for all of it."},
    {.name = "kernel.hung_task_timeout_secs",
     .domain = integer(0, most, Unit::seconds),
     .summary = "Time after which a thread that sleeps unkillably is reported; 0 for never."},
    {.name = "kernel.sched_autogroup_enabled",
     .domain = zero_or_one,
     .summary = "Whether each session gets its own share of the CPUs."},
    {.name = "kernel.perf_cpu_time_max_percent",
     .domain = integer(0, 100, Unit::percent),
     .summary = "Share of a CPU that performance sampling may take; 0 for no limit."},
    {.name = "kernel.split_lock_mitigate",
     .domain = zero_or_one,
     .summary = "Whether a program that locks memory across two cache lines is slowed down."},
    {.name = "kernel.unprivileged_bpf_disabled",
     .domain = choice("0 | 2"),
     .summary = "Who may load BPF programs: everybody (0) or administrators (2); 1 cannot be taken "
                "back."},
    {.name = "kernel.yama.ptrace_scope",
     .domain = integer(0, 2),
     .summary = "Which processes may be debugged; 3 cannot be taken back."},
};

// "*" is an interface, or "all" or "default".
constexpr Tunable families[] = {
    {.name = "net.ipv4.conf.*.rp_filter",
     .domain = integer(0, 2),
     .summary = "Whether a packet is dropped whose sender would be answered through another "
                "interface: no (0), strictly (1), loosely (2)."},
    {.name = "net.ipv4.conf.*.forwarding",
     .domain = zero_or_one,
     .impact = Impact::drops_packets,  // of a device that has LRO, as it is set up anew
     .summary = "Whether packets that come in on an interface are sent on; the kernel turns LRO of "
                "its device off for that.",
     .carries = "nic.features.rx-lro"},
    {.name = "net.ipv6.conf.*.mtu",
     .domain = integer(1280, 65536),
     .summary = "Bytes in the largest IPv6 packet on an interface, no more than its own MTU, with "
                "every change of which the kernel sets it to the same."},
};

void define(PluginBuilder& sysctl) {
    sysctl.add<SysctlBank>(packed<known>, packed<families>, BankPlace{Stage::host, discover::host});
}

}  // namespace
}  // namespace nanotune::sysctl

NANOTUNE_PLUGIN("sysctl", "Settings that are files of /proc/sys.", nanotune::sysctl::define)
