// Deals CPUs out to interrupts, and says where the two do not fit.
#include "spread_rule.hpp"

#include <algorithm>

#include <nanotune/channels.hpp>
#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>

#include "irqbalance.hpp"

namespace nanotune::irq {
namespace {

constexpr Tunable keys[] = {
    {.name = "cpus",
     .domain = cpu_list(),
     .summary = "CPUs for the interrupts of the device's queues."},
    {.name = "spread",
     .domain = choice("one-to-one | all-on-set | per-node"),
     .summary = "How the CPUs are dealt out; all-on-set where it is left out."},
};

// The queue of an interrupt; those of a virtio device have one for each direction.
std::optional<unsigned> queue_of(const Candidate& interrupt) {
    const std::string_view queues = interrupt.fact("queues");
    const auto dash = queues.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    return leading_number<unsigned>(queues.substr(dash + 1)).value_or(0);
}

// How many queues the plan gives the device, and the lines that do.
struct PlannedQueues {
    std::uint64_t count = 0;
    std::vector<Origin> lines;

    [[nodiscard]] std::string whose(const std::string& device) const {
        return lines.empty() ? "of " + device
               : lines.size() == 1
                   ? "that " + lines[0].text() + " gives " + device
                   : "that " + lines[0].text() + " and " + lines[1].text() + " give " + device;
    }
};

// Nothing where the plan leaves the channels alone.
std::optional<PlannedQueues> planned_queues(System& system, const RuleInput& input) {
    const ChannelsLeft channels = channels_left(system, input);
    if (!channels.are_planned()) {
        return std::nullopt;
    }
    const ChannelCount& single =
        channels.send.count > channels.receive.count ? channels.send : channels.receive;
    PlannedQueues queues{channels.combined.count + single.count, {}};
    for (const ChannelCount* deciding : {&channels.combined, &single}) {
        if (deciding->line && deciding->count > 0) {
            queues.lines.push_back(*deciding->line);
        }
    }
    return queues;
}

// Queue numbers in order. Where no interrupt tells its queue, each counts as one.
std::vector<unsigned> queues_of(const std::vector<Candidate>& interrupts) {
    std::vector<unsigned> queues;
    for (const Candidate& interrupt : interrupts) {
        if (const auto queue = queue_of(interrupt)) {
            queues.push_back(*queue);
        }
    }
    std::ranges::sort(queues);
    const auto repeated = std::ranges::unique(queues);
    queues.erase(repeated.begin(), repeated.end());
    return queues;
}

using Sets = std::expected<std::vector<CpuSet>, std::vector<Error>>;

Sets one_to_one(const std::vector<Candidate>& interrupts, const CpuSet& cpus, const Setting& given,
                const Setting& spread, const std::string& device) {
    const std::vector<unsigned> queues = queues_of(interrupts);
    const bool are_known = !queues.empty();
    const std::size_t count = are_known ? queues.size() : interrupts.size();
    if (count > cpus.size()) {
        return misfit(ErrorCode::invalid, spread.origin,
                      "one-to-one needs a CPU for each of the " + std::to_string(count) +
                          " queues of " + device + "; cpus (" + given.origin.text() + ") has " +
                          std::to_string(cpus.size()) + ": " + cpus.list());
    }
    const std::vector<unsigned> members = cpus.members();
    std::vector<CpuSet> sets;
    for (std::size_t i = 0; i < interrupts.size(); ++i) {
        const auto queue = queue_of(interrupts[i]);
        if (queue) {
            const auto rank = std::ranges::lower_bound(queues, *queue) - queues.begin();
            sets.push_back(CpuSet::of(members[static_cast<std::size_t>(rank)]));
        } else {
            sets.push_back(are_known ? cpus : CpuSet::of(members[i]));
        }
    }
    return sets;
}

std::expected<void, std::vector<Error>> fits_planned_queues(System& system, const RuleInput& input,
                                                            const Setting& given) {
    const Setting* spread = input.settings.find("spread");
    if (spread == nullptr || input.planned.empty() ||
        std::get<std::string>(spread->value) != "one-to-one") {
        return {};
    }
    const auto queues = planned_queues(system, input);
    const auto& cpus = std::get<CpuSet>(given.value);
    if (queues && queues->count > cpus.size()) {
        return misfit(ErrorCode::conflict, spread->origin,
                      "one-to-one needs a CPU for each of the " + std::to_string(queues->count) +
                          " queues " + queues->whose(input.candidate.device) + "; cpus (" +
                          given.origin.text() + ") has " + std::to_string(cpus.size()) + ": " +
                          cpus.list());
    }
    return {};
}

std::expected<CpuSet, std::vector<Error>> on_own_node(const RuleInput& input, const CpuSet& cpus,
                                                      const Setting& given, const Setting& spread) {
    const auto& nodes = input.topology.nodes;
    const std::string& device = input.candidate.device;
    const std::string_view fact = input.candidate.fact("numa_node");
    const unsigned node =
        leading_number<unsigned>(fact).value_or(nodes.empty() ? 0 : nodes.begin()->first);
    if (fact.empty() && nodes.size() > 1) {
        return misfit(ErrorCode::unsupported, spread.origin,
                      "per-node: the kernel does not know the node of " + device);
    }
    const auto found = nodes.find(node);
    CpuSet own = found == nodes.end() ? CpuSet{} : cpus & found->second;
    if (own.empty()) {
        return misfit(ErrorCode::invalid, spread.origin,
                      "per-node: " + device + " is on node " + std::to_string(node) +
                          ", and none of cpus (" + given.origin.text() + ") is: " + cpus.list());
    }
    return own;
}

Sets dealt_out(const RuleInput& input, const std::vector<Candidate>& interrupts,
               const Setting& given) {
    const auto& cpus = std::get<CpuSet>(given.value);
    const Setting* spread = input.settings.find("spread");
    const std::string policy =
        spread == nullptr ? "all-on-set" : std::get<std::string>(spread->value);
    if (policy == "one-to-one") {
        return one_to_one(interrupts, cpus, given, *spread, input.candidate.device);
    }
    if (policy == "per-node") {
        NT_TRY(const CpuSet own, on_own_node(input, cpus, given, *spread));
        return std::vector<CpuSet>(interrupts.size(), own);
    }
    return std::vector<CpuSet>(interrupts.size(), cpus);
}

}  // namespace

SpreadRule::SpreadRule(BankPlace place) : Rule(place, packed<keys>) {}

Wishes SpreadRule::derive(System& system, const RuleInput& input) const {
    const Setting* given = input.settings.find("cpus");
    if (given == nullptr) {
        const Setting* spread = input.settings.find("spread");
        return spread == nullptr
                   ? Wishes()
                   : misfit(ErrorCode::invalid, spread->origin, "spread has no cpus to deal out");
    }
    const auto& cpus = std::get<CpuSet>(given->value);
    if (const CpuSet absent = cpus - input.topology.online; cpus.empty() || !absent.empty()) {
        return misfit(ErrorCode::invalid, given->origin,
                      cpus.empty() ? "cpus is empty; an interrupt needs at least one"
                                   : "cpus: " + absent.list() + " would not be online");
    }
    NT_CHECK(fits_planned_queues(system, input, *given));
    const auto interrupts = discover::interrupts_of(system, input.candidate);
    if (!interrupts) {
        return misfit(interrupts.error().code, given->origin, interrupts.error().message);
    }
    if (interrupts->empty()) {
        return misfit(ErrorCode::unsupported, given->origin,
                      input.candidate.device + " has no interrupts of its own");
    }
    auto sets = dealt_out(input, *interrupts, *given);
    if (!sets) {
        return std::unexpected(std::move(sets).error());
    }
    std::vector<Wish> wishes;
    if (Irqbalance::running(system.files())) {
        for (const Candidate& interrupt : *interrupts) {
            wishes.push_back({interrupt.target, "balanced", false, given->origin});
        }
    }
    for (std::size_t i = 0; i < interrupts->size(); ++i) {
        wishes.push_back(
            {(*interrupts)[i].target, "affinity", std::move((*sets)[i]), given->origin});
    }
    return wishes;
}

}  // namespace nanotune::irq
