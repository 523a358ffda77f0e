// Where interrupts are served. An interrupt on a CPU that is busy with packets costs a cache's
// worth of work; one on another node costs a trip between sockets.
#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

#include "affinity_bank.hpp"
#include "irqbalance_bank.hpp"
#include "spread_rule.hpp"

namespace nanotune::irq {
namespace {

constexpr FileRow host_rows[] = {
    {{.name = "default_affinity",
      .domain = cpu_mask(),
      .summary = "CPUs for interrupts that are set up from now on."},
     "/proc/irq/default_smp_affinity"},
};

}  // namespace

static void define(PluginBuilder& irq) {
    constexpr BankPlace interrupts{.stage = Stage::interrupts,
                                   .discovery = discover::nic_interrupts};

    irq.sections_select(Selector::device);
    irq.add<FileBank>(packed<host_rows>, BankPlace{Stage::interrupts, discover::host});
    irq.add<IrqbalanceBank>(interrupts);  // before the affinity, or it is moved away again
    irq.add<AffinityBank>(interrupts);
    irq.add<SpreadRule>(BankPlace{Stage::interrupts, discover::nics});
}

}  // namespace nanotune::irq

NANOTUNE_PLUGIN("irq", "Which CPUs serve the interrupts of network devices.", nanotune::irq::define)
