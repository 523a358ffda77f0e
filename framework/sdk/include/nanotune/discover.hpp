// The kinds of target that several plugins share. Each function of a System alone that finds
// candidates is a Discovery.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::discover {

/// The one host.
Result<std::vector<Candidate>> host(System& system);
/// Target "cpu" for each online CPU; `ids` is that CPU.
Result<std::vector<Candidate>> online_cpus(System& system);
/// Target "cpu" for each present CPU that can be taken offline (has an `online` file).
Result<std::vector<Candidate>> hotpluggable_cpus(System& system);
/// Target "policy" for each cpufreq policy; `ids` is the CPUs that share it.
Result<std::vector<Candidate>> frequency_policies(System& system);
/// Target "node" for each online NUMA node; `ids` is the node number.
Result<std::vector<Candidate>> nodes(System& system);
/// Target "nic" for each network device except loopback; facts as in Candidate, `management`
/// included. Virtual devices and VFs are `by_name_only`.
Result<std::vector<Candidate>> nics(System& system);
/// Devices of other network namespaces, without their places on buses. Errors: as
/// Links::elsewhere.
Result<std::vector<DeviceIdentity>> devices_elsewhere(System& system);
/// Whether what sits there on its bus (DeviceIdentity::bus) has a network device, in whatever
/// network namespace.
[[nodiscard]] bool has_device(Files& files, const std::string& bus);
/// The same as `nics`, without devices that sysfs does not show: it may be mounted in another
/// network namespace, where a device of that name is another one. For settings that are files below
/// /sys/class/net.
Result<std::vector<Candidate>> nics_in_sysfs(System& system);
/// Target "rx_queue" ("eth0/rx-0"), `device` the NIC, facts of the NIC.
Result<std::vector<Candidate>> rx_queues(System& system);
/// Target "tx_queue" ("eth0/tx-0"), `device` the NIC, facts of the NIC.
Result<std::vector<Candidate>> tx_queues(System& system);
/// The same for one NIC, a candidate of `nics`; none for a device that sysfs does not show.
Result<std::vector<Candidate>> rx_queues_of(System& system, const Candidate& nic);
Result<std::vector<Candidate>> tx_queues_of(System& system, const Candidate& nic);
/// Target "irq" for each interrupt of each NIC, in queue order; `device` the NIC, facts of the NIC
/// and `action` (the name in /proc/interrupts), `queues` ("rx-0,tx-0" where known). Found by netdev
/// netlink, else device/msi_irqs (the parent's for virtio), else names in /proc/interrupts.
Result<std::vector<Candidate>> nic_interrupts(System& system);
/// The same for one NIC, a candidate of `nics`; empty for a device that has none (a veth).
Result<std::vector<Candidate>> interrupts_of(System& system, const Candidate& nic);

}  // namespace nanotune::discover
