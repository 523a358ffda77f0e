// Connections of others, from packet sockets beside the kernel's stack.
#include "datapath/ports/device.hpp"
#include "datapath/ports/packet_port.hpp"
#include "listening.hpp"
#include "tracked_runners_on.hpp"

namespace nanotune::datapath {

namespace {

/// The kernel puts segments together before anybody sees them (GRO), up to IP's longest packet.
constexpr std::size_t largest_frame = (1 << 16) + nt_ethernet_size;
constexpr std::uint32_t ring_frames = 256;

}  // namespace

Result<Runners> tracked_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    NT_TRY(const nt_listen listen, listening(options, device));
    NT_TRY(std::vector<PacketPort> ports,
           PacketPort::open({.device = options.device,
                             .listen = listen,
                             .ring_frames = ring_frames,
                             .protocol = nt_protocol_tcp,
                             .largest_frame = largest_frame},
                            most_workers(options), home_of_workers(options)));
    return options.listen.is_ipv6
               ? runners_following<Ipv6Socket>(options, listen, std::move(ports), "packet", shared)
               : runners_following<Ipv4Socket>(options, listen, std::move(ports), "packet", shared);
}

}  // namespace nanotune::datapath
