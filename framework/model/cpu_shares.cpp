#include "cpu_shares.hpp"

#include <algorithm>
#include <vector>

namespace nanotune {
namespace {

/// What is handed out at once: whole cores, so that no two roles share one; single CPUs where there
/// are too few cores.
class Pool {
  public:
    Pool(const Topology& topology, const CpuSet& free) {
        for (const CpuSet& core : topology.cores) {
            if (const CpuSet threads = core & free; !threads.empty()) {
                units_.push_back(threads);
            }
        }
        std::ranges::sort(units_, {}, &CpuSet::first);
        if (units_.size() >= 3) {
            return;
        }
        std::vector<CpuSet> single;
        for (const CpuSet& unit : units_) {
            for (const unsigned cpu : unit.members()) {
                single.push_back(CpuSet::of(cpu));
            }
        }
        units_ = std::move(single);
    }

    [[nodiscard]] std::size_t size() const { return units_.size(); }

    CpuSet take_first() { return take(units_.begin()); }
    /// A unit of these CPUs, or the first where none of them is left.
    CpuSet take_near(const CpuSet& cpus) {
        const auto near = std::ranges::find_if(
            units_, [&cpus](const CpuSet& unit) { return cpus.contains_all(unit); });
        return take(near == units_.end() ? units_.begin() : near);
    }
    /// Every unit of these CPUs, or every unit where none of them is left.
    CpuSet take_all_near(const CpuSet& cpus) {
        CpuSet near;
        for (const CpuSet& unit : units_) {
            near = cpus.contains_all(unit) ? near | unit : near;
        }
        if (near.empty()) {
            return rest();
        }
        std::erase_if(units_, [&near](const CpuSet& unit) { return near.contains_all(unit); });
        return near;
    }
    CpuSet rest() {
        CpuSet rest;
        for (const CpuSet& unit : units_) {
            rest = rest | unit;
        }
        units_.clear();
        return rest;
    }

  private:
    CpuSet take(std::vector<CpuSet>::iterator unit) {
        if (unit == units_.end()) {
            return {};
        }
        CpuSet taken = *unit;
        units_.erase(unit);
        return taken;
    }

    std::vector<CpuSet> units_;
};

CpuSet first_of(const CpuSet& cpus) {
    return cpus.empty() ? CpuSet() : CpuSet::of(cpus.first().value_or(0));
}

}  // namespace

CpuPlan shared_out(const Topology& topology, std::optional<unsigned> preferred_node,
                   const GivenCpus& given) {
    const CpuSet nobody;
    const CpuSet free = topology.online - given.housekeeping.value_or(nobody) -
                        given.irq.value_or(nobody) - given.datapath.value_or(nobody) -
                        given.isolated.value_or(nobody);
    // What the kernel was booted to isolate is the datapath's; nobody else works there.
    const CpuSet booted =
        topology.isolated.contains_all(free) ? CpuSet() : free & topology.isolated;
    Pool pool(topology, free - booted);
    CpuSet near = topology.online;
    if (const auto node = topology.nodes.find(preferred_node.value_or(CpuSet::limit));
        node != topology.nodes.end()) {
        near = node->second;
    }

    CpuPlan plan;
    plan.housekeeping = given.housekeeping ? *given.housekeeping : pool.take_first();
    const bool datapath_needs_one = !given.datapath && !given.isolated && booted.empty();
    if (given.irq) {
        plan.irq = *given.irq;
    } else if (pool.size() > (datapath_needs_one ? 1U : 0U)) {
        plan.irq = pool.take_near(near);
    } else {
        plan.irq = plan.housekeeping;
    }
    if (given.datapath) {
        plan.datapath = *given.datapath;
    } else if (given.isolated) {
        plan.datapath = *given.isolated;
    } else if (!booted.empty()) {
        plan.datapath = booted;
    } else {
        plan.datapath = pool.take_all_near(near);
    }
    if (!given.housekeeping) {
        plan.housekeeping = plan.housekeeping | pool.rest();
    }
    if (plan.housekeeping.empty()) {
        plan.housekeeping = plan.irq.empty() ? first_of(topology.online) : plan.irq;
    }
    plan.irq = plan.irq.empty() ? plan.housekeeping : plan.irq;
    plan.datapath = plan.datapath.empty() ? plan.irq : plan.datapath;
    plan.isolated = given.isolated ? *given.isolated : plan.datapath - plan.housekeeping - plan.irq;
    return plan;
}

}  // namespace nanotune
