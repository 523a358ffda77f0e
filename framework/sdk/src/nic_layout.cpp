// A NIC with its queues, their NAPI instances and interrupts, and the CPUs that those run on.
#include <algorithm>

#include <fmt/format.h>
#include <linux/ethtool_netlink.h>

#include <nanotune/hardware.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

constexpr std::uint64_t unknown_speed = 0xffffffff;  // SPEED_UNKNOWN

/// Adds "rx-3" or "tx-3"; other names are no queues.
void add_queue(std::string_view name, ServedQueues& queues) {
    if (name.size() < 4 || (!name.starts_with("rx-") && !name.starts_with("tx-"))) {
        return;
    }
    if (const auto number = decimal(name.substr(3)); number && *number >= 0) {
        (name.starts_with("rx") ? queues.rx : queues.tx).add(static_cast<unsigned>(*number));
    }
}

std::optional<CpuSet> cpus_in(Files& files, unsigned irq, std::string_view file) {
    const auto text = files.read(fmt::format("/proc/irq/{}/{}", irq, file));
    const auto cpus = text ? CpuSet::from_list(*text) : std::unexpected(text.error());
    return cpus ? std::optional(*cpus) : std::nullopt;
}

ServedQueues served_by(Files& files, const Candidate& interrupt) {
    ServedQueues served;
    served.irq = static_cast<unsigned>(decimal(interrupt.target.name).value_or(0));
    served.action = interrupt.fact("action");
    std::string_view queues = interrupt.fact("queues");
    while (!queues.empty()) {
        const auto end = std::min(queues.find(','), queues.size());
        add_queue(queues.substr(0, end), served);
        queues.remove_prefix(std::min(end + 1, queues.size()));
    }
    served.affinity = cpus_in(files, *served.irq, "smp_affinity_list");
    served.effective = cpus_in(files, *served.irq, "effective_affinity_list");
    return served;
}

/// Queues that sysfs shows. It may be that of another network namespace.
ServedQueues present_queues(Files& files, const Link& link) {
    ServedQueues present;
    const std::string folder = "/sys/class/net/" + link.name;
    const auto index = files.read(folder + "/ifindex");
    if (index && *index == std::to_string(link.index)) {
        const auto names = files.list(folder + "/queues");
        for (const std::string& name : names.value_or(std::vector<std::string>{})) {
            add_queue(name, present);
        }
    }
    return present;
}

void add_the_rest(ServedQueues rest, std::vector<ServedQueues>& served) {
    for (const ServedQueues& one : served) {
        rest.rx = rest.rx - one.rx;
        rest.tx = rest.tx - one.tx;
    }
    // A device with one interrupt has no other way to tell of its queues.
    if (served.size() == 1 && served[0].rx.empty() && served[0].tx.empty()) {
        served[0].rx = rest.rx;
        served[0].tx = rest.tx;
    } else if (!rest.rx.empty() || !rest.tx.empty()) {
        served.push_back(std::move(rest));
    }
}

void add_napis(System& system, const std::string& device, std::vector<ServedQueues>& served) {
    const auto queues = system.links().queue_interrupts(device);
    if (!queues) {
        return;
    }
    for (ServedQueues& one : served) {
        for (const QueueInterrupt& queue : *queues) {
            const bool is_ours = (queue.is_receive ? one.rx : one.tx).contains(queue.queue);
            if (is_ours && queue.napi != 0 &&
                std::ranges::find(one.napis, queue.napi) == one.napis.end()) {
                one.napis.push_back(queue.napi);
            }
        }
        std::ranges::sort(one.napis);
    }
}

std::optional<unsigned> speed_of(Ethtool& ethtool, const std::string& device) {
    const auto modes = ethtool.get(ETHTOOL_MSG_LINKMODES_GET, device);
    if (!modes) {
        return std::nullopt;
    }
    const auto speed = modes->find(ETHTOOL_A_LINKMODES_SPEED);
    const bool is_known =
        speed != modes->end() && speed->second.number != 0 && speed->second.number < unknown_speed;
    return is_known ? std::optional(static_cast<unsigned>(speed->second.number)) : std::nullopt;
}

}  // namespace

Result<NicLayout> observed_layout(System& system, const Candidate& nic,
                                  std::span<const Candidate> interrupts) {
    NT_TRY(const Link link, system.links().link(nic.device));
    NicLayout layout;
    layout.nic = nic;
    layout.is_up = link.is_up;
    layout.has_carrier = link.has_carrier;
    if (auto owners = observed_owners(system, std::span(&nic, 1)); !owners.empty()) {
        layout.owners = std::move(owners.begin()->second);
    }
    if (!link.kind.empty()) {
        return layout;
    }
    if (const auto node = decimal(nic.fact("numa_node")); node && *node >= 0) {
        layout.node = static_cast<unsigned>(*node);
    }
    layout.speed = speed_of(system.ethtool(), nic.device);
    for (const Candidate& interrupt : interrupts) {
        layout.served.push_back(served_by(system.files(), interrupt));
    }
    add_the_rest(present_queues(system.files(), link), layout.served);
    add_napis(system, nic.device, layout.served);
    return layout;
}

}  // namespace nanotune
