// One interrupt at a time in irqbalance's list of those that it leaves alone.
#include "irqbalance_bank.hpp"

#include <nanotune/numbers.hpp>

#include "irqbalance.hpp"

namespace nanotune::irq {
namespace {

constexpr Tunable balanced = {
    .name = "balanced",
    .domain = flag(),
    .summary = "Whether a running irqbalance may move the interrupt.",
    .witness = {.none = "irqbalance tells it over its socket alone"},
};

unsigned number_of(const Target& interrupt) {
    return leading_number<unsigned>(interrupt.name).value_or(0);
}

std::unexpected<Error> not_running() {
    return failure(ErrorCode::not_found, "irqbalance does not run");
}

Result<Reading> reading(System& system, const Target& interrupt) {
    const auto irqbalance = Irqbalance::running(system.files());
    if (!irqbalance) {
        return not_running();
    }
    NT_TRY(const CpuSet banned, irqbalance->banned(system));
    return Reading{.value = !banned.contains(number_of(interrupt))};
}

Status written(System& system, const Target& interrupt, bool is_balanced) {
    const auto irqbalance = Irqbalance::running(system.files());
    if (!irqbalance) {
        return not_running();
    }
    NT_TRY(CpuSet banned, irqbalance->banned(system));
    if (is_balanced) {
        banned.remove(number_of(interrupt));
    } else {
        banned.add(number_of(interrupt));
    }
    return irqbalance->ban(system, banned);
}

}  // namespace

std::vector<const Tunable*> IrqbalanceBank::tunables() const {
    return {&balanced};
}

std::vector<Result<Reading>> IrqbalanceBank::read(System& system, const Target& target,
                                                  std::span<const Tunable* const> wanted) const {
    return {wanted.size(), reading(system, target)};
}

std::vector<Status> IrqbalanceBank::write(System& system, const Target& target,
                                          std::span<const Assignment> assignments) const {
    std::vector<Status> outcomes;
    for (const Assignment& assignment : assignments) {
        outcomes.push_back(written(system, target, std::get<bool>(assignment.value)));
    }
    return outcomes;
}

Status IrqbalanceBank::may_write(System& system, const Target& target,
                                 const Tunable& /*tunable*/) const {
    NT_CHECK(reading(system, target));
    return {};
}

}  // namespace nanotune::irq
