// What is where: nodes, and interrupts.
#include <algorithm>

#include <fmt/format.h>

#include "../text.hpp"
#include "finding.hpp"
#include "model/toml_text.hpp"

namespace nanotune::doctor {

namespace {

constexpr double noticeable_rate = 10;  // of the kernel's own interrupts, each second

const CpuSet* cpus_of_node(const HostFacts& facts, unsigned node) {
    const auto& nodes = facts.topology.hardware.topology.nodes;
    const auto found = nodes.find(node);
    return found == nodes.end() ? nullptr : &found->second;
}

/// Where interrupts of a NIC may be: on its node, and not guarded.
CpuSet housekeeping(const HostFacts& facts, std::optional<unsigned> node) {
    const CpuSet rest = facts.topology.hardware.topology.online - guarded(facts);
    const CpuSet* const near = node ? cpus_of_node(facts, *node) : nullptr;
    const CpuSet best = near == nullptr ? rest : rest & *near;
    return best.empty() ? rest : best;
}

void look_at_layout(const HostFacts& facts, const NicLayout& layout, Findings& findings) {
    std::size_t far = 0;
    CpuSet nodes;
    for (const ServedQueues& served : layout.served) {
        const CpuSet elsewhere = far_nodes(facts.topology.hardware.topology, layout, served);
        far += elsewhere.empty() ? 0 : 1;
        nodes = nodes | elsewhere;
    }
    const std::string& name = layout.nic.device;
    const CpuSet target = housekeeping(facts, layout.node);
    if (far > 0 && layout.node) {
        findings.push_back(
            {.check = {},
             .subject = name,
             .seen = fmt::format("{} of its {} {} on node {}, and the NIC is on node {}", far,
                                 cli::counted(layout.served.size(), "interrupt"),
                                 far == 1 ? "runs" : "run", nodes.list(), *layout.node),
             .why = "each packet crosses the link between the sockets before "
                    "anybody sees it",
             .remedies = {{section_of("irq", name), "cpus",
                           optional_text(target.empty() ? "online" : target.list())}}});
    }
}

const NicLayout* layout_of(const HostFacts& facts, std::string_view device) {
    const auto found = std::ranges::find_if(facts.topology.nics, [device](const NicLayout& layout) {
        return layout.nic.device == device;
    });
    return found == facts.topology.nics.end() ? nullptr : &*found;
}

void look_at_datapath(const HostFacts& facts, const DatapathFacts& datapath, Findings& findings) {
    const Topology& topology = facts.topology.hardware.topology;
    const NicLayout* const nic = layout_of(facts, datapath.device);
    const auto cpu = datapath.cpus.first();
    const auto node = cpu ? topology.node_of(*cpu) : std::nullopt;
    if (!node) {
        return;
    }
    if (nic != nullptr && nic->node && topology.nodes.contains(*nic->node) && *nic->node != *node) {
        findings.push_back(
            {.check = {},
             .subject = datapath.name,
             .seen = fmt::format("the datapath runs on CPU {} of node {}, and its "
                                 "NIC {} is on node {}",
                                 *cpu, *node, datapath.device, *nic->node),
             .why = "each packet is read and answered across the link between the "
                    "sockets",
             .remedies = {{section_of("datapath", datapath.name), "cpus",
                           toml_text(fmt::format(
                               "{}", topology.nodes.at(*nic->node).last().value_or(*cpu)))}}});
    }
    std::uint64_t all = 0;
    std::uint64_t far = 0;
    for (const auto& [where, pages] : datapath.pages) {
        all += pages;
        far += where == *node ? 0 : pages;
    }
    // What programs share, such as the C library, is wherever it was first read.
    if (far * 2 > all) {
        findings.push_back(
            {.check = {},
             .subject = datapath.name,
             .seen = fmt::format("{} of the {} pages of the datapath's memory are "
                                 "on other nodes than "
                                 "its CPU {}",
                                 far, all, *cpu),
             .why = "buffers and tables are read across the link between the sockets",
             .remedies = {{"numa", "balancing", optional_flag(false)}},
             .advice = "start the datapath anew once its CPU is right: its memory "
                       "is taken there"});
    }
}

std::string rates(const InterruptFacts& interrupt, const CpuSet& cpus, double seconds) {
    std::uint64_t sum = 0;
    for (const auto& [cpu, count] : interrupt.on) {
        sum += cpus.contains(cpu) ? count : 0;
    }
    return fmt::format("{:.0f} a second", static_cast<double>(sum) / std::max(seconds, 0.001));
}

CpuSet met_by(const InterruptFacts& interrupt, const CpuSet& cpus, double least) {
    CpuSet met;
    for (const auto& [cpu, count] : interrupt.on) {
        if (cpus.contains(cpu) && static_cast<double>(count) >= least) {
            met.add(cpu);
        }
    }
    return met;
}

/// The NIC that has the interrupt.
const NicLayout* owner_of(const HostFacts& facts, const std::string& number) {
    for (const NicLayout& layout : facts.topology.nics) {
        for (const ServedQueues& served : layout.served) {
            if (served.irq && fmt::format("{}", *served.irq) == number) {
                return &layout;
            }
        }
    }
    return nullptr;
}

/// What keeps an interrupt away, and what it is called.
struct Cure {
    std::string what;
    std::vector<Remedy> remedies;
    std::string advice;
};

Cure cure_of(const HostFacts& facts, const InterruptFacts& interrupt) {
    const CpuSet cpus = guarded(facts);
    const std::string rest = (facts.topology.hardware.topology.online - cpus).list();
    if (const NicLayout* const nic = owner_of(facts, interrupt.name)) {
        const CpuSet target = housekeeping(facts, nic->node);
        return {fmt::format("interrupt {} of {}", interrupt.name, nic->nic.device),
                {{section_of("irq", nic->nic.device), "cpus",
                  optional_text(target.empty() ? "online" : target.list())}},
                {}};
    }
    const bool is_device =
        !interrupt.name.empty() && interrupt.name[0] >= '0' && interrupt.name[0] <= '9';
    if (is_device) {
        return {fmt::format("interrupt {} ({})", interrupt.name, interrupt.action),
                {{"boot", "irqaffinity", optional_text(rest)}},
                "until the next boot: /proc/irq/NUMBER/smp_affinity_list"};
    }
    if (interrupt.name == "LOC") {
        const bool is_tickless = (cpus - facts.topology.hardware.nohz_full).empty();
        return {"the timer's tick",
                is_tickless
                    ? std::vector<Remedy>()
                    : std::vector<Remedy>{{"boot", "nohz_full", optional_text(cpus.list())},
                                          {"boot", "rcu_nocbs", optional_text(cpus.list())}},
                "the tick stops only while a single thread runs there"};
    }
    return {fmt::format("{} ({})", interrupt.name, interrupt.action),
            {},
            "other CPUs send these: programs that share memory with threads "
            "there, or perf"};
}

}  // namespace

void look_at_nodes(const HostFacts& facts, Findings& findings) {
    for (const NicLayout& layout : facts.topology.nics) {
        look_at_layout(facts, layout, findings);
    }
    for (const DatapathFacts& datapath : facts.datapaths) {
        look_at_datapath(facts, datapath, findings);
    }
}

void look_at_interrupts(const HostFacts& facts, Findings& findings) {
    const CpuSet cpus = guarded(facts);
    for (const InterruptFacts& interrupt : facts.interrupts) {
        const bool is_device =
            !interrupt.name.empty() && interrupt.name[0] >= '0' && interrupt.name[0] <= '9';
        const CpuSet met = met_by(interrupt, cpus, is_device ? 1 : noticeable_rate * facts.seconds);
        if (met.empty()) {
            continue;
        }
        Cure cure = cure_of(facts, interrupt);
        findings.push_back(
            {.check = {},
             .subject = interrupt.name,
             .seen = fmt::format("{} came on {}, which {} isolated or a datapath's: {}", cure.what,
                                 named(met), met.size() == 1 ? "is" : "are",
                                 rates(interrupt, met, facts.seconds)),
             .why = "whoever runs there is stopped each time, for microseconds",
             .remedies = std::move(cure.remedies),
             .advice = std::move(cure.advice)});
    }
}

}  // namespace nanotune::doctor
