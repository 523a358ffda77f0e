#include "backends.hpp"
#include "datapath/ports/tcp_port.hpp"
#include "datapath/ports/udp_port.hpp"
#include "runner_on.hpp"

namespace nanotune::datapath {

namespace {

template <typename Family, typename Port>
Result<Runners> runners_on_udp(const WorkerOptions& options, Shared& shared) {
    // Of a group every socket would get every packet.
    const std::size_t count = is_group(options.listen) ? 1 : most_workers(options);
    NT_TRY(std::vector<Port> ports, Port::open({.address = options.listen.address,
                                                .is_ipv6 = options.listen.is_ipv6,
                                                .port = options.listen.port,
                                                .device = options.device,
                                                .source = options.source},
                                               count, home_of_workers(options)));
    return runners_on<Family>(
        options, processor_options(options), std::move(ports),
        [&options] {
            const bool knows_links = !options.listen.is_ipv6 || !options.device.empty();
            return Result<KernelsNextHop>(KernelsNextHop(knows_links));
        },
        shared);
}

}  // namespace

Result<Runners> udp_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(Runners runners, options.listen.is_ipv6
                                ? (runners_on_udp<Ipv6Socket, Ipv6UdpPort>(options, shared))
                                : (runners_on_udp<Ipv4Socket, Ipv4UdpPort>(options, shared)));
    note(shared, "udp");
    return runners;
}

/// Sessions stand where senders with IPv4 would, whatever they are on.
Result<Runners> tcp_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(std::vector<TcpPort> ports,
           TcpPort::open({.address = options.listen.address,
                          .is_ipv6 = options.listen.is_ipv6,
                          .port = options.listen.port,
                          .device = options.device,
                          .sessions = options.connections,
                          .idle_after = options.idle_timeout},
                         most_workers(options), home_of_workers(options)));
    NT_TRY(Runners runners, runners_on<Ipv4Socket>(
                                options, processor_options(options), std::move(ports),
                                [] { return Result<KernelsNextHop>(KernelsNextHop()); }, shared));
    note(shared, "tcp");
    return runners;
}

}  // namespace nanotune::datapath
