#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "backends.hpp"
#include "datapath/ports/device.hpp"
#include "datapath/ports/kernel_next_hops.hpp"
#include "datapath/ports/packet_port.hpp"
#include "datapath/ports/xsk_port.hpp"
#include "listening.hpp"
#include "runner_on.hpp"

namespace nanotune::datapath {

namespace {

/// On ports that go past the kernel's stack.
template <typename Family>
Result<Runners> runners_past_kernel(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    NT_CHECK(goes_by_device(options));
    ProcessorOptions processor = processor_options(options);
    NT_TRY(processor.listen, listening(options, device));
    // The way to it is kept once, for all workers.
    const Address* receiver = options.respond ? &options.respond->address : nullptr;
    const auto hops = [&] {
        return KernelNextHops::open(
            device.index, options.listen.is_ipv6, options.cpus,
            {.receiver = std::exchange(receiver, nullptr), .is_missed = !options.respond});
    };
    if (options.backend == Backend::packet) {
        NT_TRY(
            std::vector<PacketPort> ports,
            PacketPort::open(
                {.device = options.device, .listen = processor.listen, .group = group_of(options)},
                most_workers(options), home_of_workers(options)));
        note(shared, "packet");
        return runners_on<Family>(options, processor, std::move(ports), hops, shared);
    }
    NT_TRY(std::vector<XskPort> ports,
           XskPort::open(
               {.device = options.device, .listen = processor.listen, .group = group_of(options)},
               most_workers(options), home_of_workers(options)));
    const bool has_huge_pages = std::ranges::all_of(ports, &XskPort::is_in_huge_pages);
    note(shared, fmt::format("af_xdp, {}{}", ports.front().mode(),
                             has_huge_pages ? "" : "; no huge pages are free for its frames"));
    for (std::uint32_t queue = 0; queue < ports.size(); ++queue) {
        shared.parts[queue].queue = queue;
    }
    return runners_on<Family>(options, processor, std::move(ports), hops, shared);
}

}  // namespace

Result<Runners> frame_runners(const WorkerOptions& options, Shared& shared) {
    return options.listen.is_ipv6 ? runners_past_kernel<Ipv6>(options, shared)
                                  : runners_past_kernel<Ipv4>(options, shared);
}

}  // namespace nanotune::datapath
