#include "backends.hpp"
#include "datapath/ports/device.hpp"
#include "datapath/ports/tracked_port.hpp"
#include "listening.hpp"
#include "runner_on.hpp"

namespace nanotune::datapath {

namespace {

/// The kernel puts segments together before anybody sees them (GRO), up to IP's longest packet.
constexpr std::size_t largest_frame = (1 << 16) + nt_ethernet_size;
constexpr std::uint32_t ring_frames = 256;

template <typename Family, typename Port>
Result<Runners> runners_on_tracked(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    NT_TRY(const nt_listen listen, listening(options, device));
    NT_TRY(std::vector<Port> ports, Port::open({.packets = {.device = options.device,
                                                            .listen = listen,
                                                            .ring_frames = ring_frames,
                                                            .protocol = nt_protocol_tcp,
                                                            .largest_frame = largest_frame},
                                                .orders = {.address = options.listen.address,
                                                           .is_ipv6 = options.listen.is_ipv6,
                                                           .port = options.listen.port,
                                                           .receive_buffer = 0,
                                                           .only_sends = true},
                                                .tracker = {.connections = options.connections,
                                                            .idle_after = options.idle_timeout,
                                                            .when_full = options.when_full}},
                                               most_workers(options)));
    note(shared, "packet, following TCP connections of others");
    return runners_on<Family>(
        options, processor_options(options), std::move(ports),
        [] { return Result<KernelsNextHop>(KernelsNextHop()); }, shared);
}

}  // namespace

Result<Runners> tracked_runners(const WorkerOptions& options, Shared& shared) {
    return options.listen.is_ipv6
               ? runners_on_tracked<Ipv6Socket, Ipv6TrackedPort>(options, shared)
               : runners_on_tracked<Ipv4Socket, Ipv4TrackedPort>(options, shared);
}

}  // namespace nanotune::datapath
