// nanotune topology: the host in one picture. Never writes.
#include "../context.hpp"
#include "../topology_json.hpp"
#include "../topology_text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    NT_TRY(const HostTopology host, service->topology());
    if (context.look().json) {
        context.screen().raw(json_of(host));
    } else {
        print_topology(context.screen(), host);
    }
    return 0;
}

}  // namespace

constinit const Command topology_command = {
    .name = "topology",
    .help = "this host in one picture: sockets, nodes, caches, cores, and NICs down to the CPUs",
    .details =
        "Brackets hold the threads of a core. Under each node are its NICs: what queues each "
        "interrupt serves (with their NAPI instances where the kernel names them), where it may "
        "run, and where it does; \"on node N\" marks one that runs on CPUs of another node than "
        "the NIC's.",
    .run = run};

}  // namespace nanotune::cli
