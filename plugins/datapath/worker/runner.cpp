#include "runner.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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
          processor_(options, port_, hops_, shared.control, shared.counters) {}

    void run(const std::atomic<bool>& stop) noexcept override {
        while (!stop.load(std::memory_order_relaxed)) {
            if (processor_.poll() == 0) {
                relax();
            }
        }
    }

  private:
    Port port_;
    Hops hops_;
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

/// How the port really works, beside what it is called.
void note_mode(Shared& shared, const std::string& mode) {
    const std::string text = std::string(shared.backend.data()) + ", " + mode;
    std::copy_n(text.begin(), std::min(text.size(), shared.backend.size() - 1),
                shared.backend.begin());
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
        return runner_on<Family>(options.logic, processor, std::move(port), std::move(hops),
                                 shared);
    }
    NT_TRY(XskPort port, XskPort::open({.device = options.device, .listen = processor.listen}));
    note_mode(shared, port.mode());
    return runner_on<Family>(options.logic, processor, std::move(port), std::move(hops), shared);
}

}  // namespace

Result<std::unique_ptr<Runner>> opened_runner(const WorkerOptions& options, Shared& shared) {
    if (options.backend != Backend::udp) {
        return options.listen.is_ipv6 ? frame_runner<Ipv6>(options, shared)
                                      : frame_runner<Ipv4>(options, shared);
    }
    return options.listen.is_ipv6 ? udp_runner<Ipv6Socket, Ipv6UdpPort>(options, shared)
                                  : udp_runner<Ipv4Socket, Ipv4UdpPort>(options, shared);
}

}  // namespace nanotune::datapath
