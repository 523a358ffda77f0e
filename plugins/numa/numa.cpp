// Memory that hangs on another socket takes half again as long to reach. Here: the kernel's own
// attempts to move it, and the check that everything around a NIC is on the NIC's side.
#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

#include "colocate_rule.hpp"
#include "colocation_bank.hpp"

namespace nanotune::numa {
namespace {

constexpr FileRow host_rows[] = {
    {{.name = "balancing",
      .domain = flag(),
      .summary = "Whether the kernel moves memory after the CPUs that use it.",
      .alias = "sysctl.kernel.numa_balancing"},
     "/proc/sys/kernel/numa_balancing"},
};

}  // namespace

static void define(PluginBuilder& numa) {
    numa.add<FileBank>(packed<host_rows>, BankPlace{Stage::host, discover::host});
    // Last of all: interrupts and processes have been placed by then.
    numa.add<ColocationBank>(BankPlace{Stage::processes, discover::host});
    numa.add<ColocateRule>(BankPlace{Stage::processes, discover::host});
}

}  // namespace nanotune::numa

NANOTUNE_PLUGIN("numa", "Memory nodes: automatic balancing, and what must share one.",
                nanotune::numa::define)
