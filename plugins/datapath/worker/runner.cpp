#include "runner.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "datapath/ports/device.hpp"
#include "datapath/ports/kernel_next_hops.hpp"
#include "datapath/ports/packet_port.hpp"
#include "datapath/ports/udp_port.hpp"
#include "datapath/ports/xsk_port.hpp"
#include "datapath/processor/processor.hpp"
#include "datapath/processor/socket_family.hpp"

namespace nanotune::datapath {

namespace {

void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

template <FramePort Port, typename Family, typename Logic, NextHops Hops>
class RunnerOn : public Runner {
  public:
    RunnerOn(const ProcessorOptions& options, Port port, Hops hops, Shared& shared)
        : port_(std::move(port)),
          hops_(std::move(hops)),
          shared_(shared),
          processor_(options, port_, hops_, shared.control, shared.counters) {}

    void run(const std::atomic<bool>& stop) noexcept override {
        std::uint64_t resets = shared_.control.resets();
        while (!stop.load(std::memory_order_relaxed)) {
            if (processor_.poll() == 0) {
                relax();
            }
            if (const std::uint64_t now = shared_.control.resets(); now != resets) [[unlikely]] {
                shared_.counters.clear();
                resets = now;
            }
        }
    }

  private:
    Port port_;
    Hops hops_;
    Shared& shared_;
    Processor<Port, Family, Logic, Hops> processor_;
};

template <typename Family, FramePort Port, NextHops Hops>
std::unique_ptr<Runner> runner_on(LogicName logic, const ProcessorOptions& options, Port port,
                                  Hops hops, Shared& shared) {
    switch (logic) {
        case LogicName::echo:
            return std::make_unique<RunnerOn<Port, Family, Echo, Hops>>(options, std::move(port),
                                                                        std::move(hops), shared);
        case LogicName::discard:
            return std::make_unique<RunnerOn<Port, Family, Discard, Hops>>(options, std::move(port),
                                                                           std::move(hops), shared);
        case LogicName::threshold:
            break;
    }
    return std::make_unique<RunnerOn<Port, Family, Threshold, Hops>>(options, std::move(port),
                                                                     std::move(hops), shared);
}

ProcessorOptions processor_options(const WorkerOptions& options) {
    ProcessorOptions wanted{.flows = options.flows};
    if (options.respond) {
        wanted.respond = RespondTo{.address = options.respond->address,
                                   .port = nt_swap16(options.respond->port)};
    }
    return wanted;
}

template <typename Family, typename Port>
Result<std::unique_ptr<Runner>> udp_runner(const WorkerOptions& options, Shared& shared) {
    NT_TRY(Port port, Port::open({.address = options.listen.address,
                                  .is_ipv6 = options.listen.is_ipv6,
                                  .port = options.listen.port,
                                  .device = options.device}));
    return runner_on<Family>(options.logic, processor_options(options), std::move(port),
                             KernelsNextHop(), shared);
}

nt_listen listening(const WorkerOptions& options, const Device& device) {
    nt_listen listen{};
    std::memcpy(&listen.link[0], device.link.data(), device.link.size());
    listen.link[1] = listen.link[0];
    std::ranges::copy(options.listen.address, listen.address[0]);
    std::ranges::copy(options.listen.address, listen.address[1]);
    listen.type = nt_swap16(options.listen.is_ipv6 ? nt_type_ipv6 : nt_type_ipv4);
    listen.port = nt_swap16(options.listen.port);
    return listen;
}

/// How it works, for people.
void note(Shared& shared, std::string_view how) {
    shared.head.how = {};
    std::copy_n(how.begin(), std::min(how.size(), shared.head.how.size() - 1),
                shared.head.how.begin());
}

/// On a port that goes past the kernel's stack.
template <typename Family>
Result<std::unique_ptr<Runner>> frame_runner(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    ProcessorOptions processor = processor_options(options);
    processor.listen = listening(options, device);
    NT_TRY(KernelNextHops hops,
           KernelNextHops::open(device.index, options.listen.is_ipv6,
                                options.cpu ? static_cast<int>(*options.cpu) : -1));
    if (options.backend == Backend::packet) {
        NT_TRY(PacketPort port,
               PacketPort::open({.device = options.device, .listen = processor.listen}));
        note(shared, "packet");
        return runner_on<Family>(options.logic, processor, std::move(port), std::move(hops),
                                 shared);
    }
    NT_TRY(XskPort port, XskPort::open({.device = options.device, .listen = processor.listen}));
    note(shared, "af_xdp, " + port.mode());
    return runner_on<Family>(options.logic, processor, std::move(port), std::move(hops), shared);
}

Result<std::unique_ptr<Runner>> runner_with(const WorkerOptions& options, Shared& shared) {
    if (options.backend != Backend::udp) {
        return options.listen.is_ipv6 ? frame_runner<Ipv6>(options, shared)
                                      : frame_runner<Ipv4>(options, shared);
    }
    note(shared, is_group(options.listen) ? "udp, joined on " + options.device : "udp");
    return options.listen.is_ipv6 ? udp_runner<Ipv6Socket, Ipv6UdpPort>(options, shared)
                                  : udp_runner<Ipv4Socket, Ipv4UdpPort>(options, shared);
}

/// Why the backend would not take every packet here, although it could be opened.
Status fits(const WorkerOptions& options) {
    if (options.backend == Backend::udp) {
        return {};
    }
    if (is_group(options.listen)) {
        return failure(ErrorCode::unsupported, "a multicast group is joined by udp alone");
    }
    if (options.device.empty()) {
        return failure(ErrorCode::unsupported, "it is on an interface, and none is given");
    }
    if (options.backend == Backend::af_xdp) {
        NT_TRY(const Device device, device_of(options.device));
        if (device.driver == "veth") {
            return failure(ErrorCode::unsupported,
                           "what comes over a veth pair has checksums only where the peer's "
                           "offload is off");
        }
    }
    return {};
}

/// The fastest that works, and why those that are faster do not.
Result<std::unique_ptr<Runner>> fastest_runner(const WorkerOptions& options, Shared& shared) {
    constexpr std::pair<Backend, std::string_view> fastest_first[] = {
        {Backend::af_xdp, "af_xdp"}, {Backend::packet, "packet"}, {Backend::udp, "udp"}};
    std::string reasons;
    WorkerOptions tried = options;
    for (const auto& [backend, name] : fastest_first) {
        tried.backend = backend;
        Status fit = fits(tried);
        auto runner = fit ? runner_with(tried, shared)
                          : Result<std::unique_ptr<Runner>>(std::unexpected(fit.error()));
        if (runner) {
            std::string how = shared.head.how.data();
            if (backend == Backend::af_xdp && !how.ends_with("zero copy")) {
                reasons = "; zero copy: not by this driver";
            }
            note(shared, how + reasons);
            return runner;
        }
        reasons += fmt::format("; {}: {}", name, runner.error().message);
    }
    return failure(ErrorCode::unsupported, "no backend works here" + reasons);
}

}  // namespace

Result<std::unique_ptr<Runner>> opened_runner(const WorkerOptions& options, Shared& shared) {
    return options.backend == Backend::automatic ? fastest_runner(options, shared)
                                                 : runner_with(options, shared);
}

}  // namespace nanotune::datapath
