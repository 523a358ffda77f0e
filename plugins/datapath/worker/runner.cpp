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
#include "worker/binding.hpp"
#include "xdp_runner.hpp"

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
    RunnerOn(const ProcessorOptions& options, Port port, Hops hops, const Control& control,
             WorkerPart& part)
        : port_(std::move(port)),
          hops_(std::move(hops)),
          control_(control),
          counters_(part.counters),
          processor_(options, port_, hops_, control, counters_) {}

    void run(const std::atomic<bool>& stop) noexcept override {
        std::uint64_t resets = control_.resets();
        while (!stop.load(std::memory_order_relaxed)) {
            if (processor_.poll() == 0) {
                relax();
            }
            if (const std::uint64_t now = control_.resets(); now != resets) [[unlikely]] {
                counters_.clear();
                resets = now;
            }
        }
    }

    [[nodiscard]] Usage usage() const noexcept override { return port_.usage(); }

  private:
    Port port_;
    Hops hops_;
    const Control& control_;
    Counters& counters_;
    Processor<Port, Family, Logic, Hops> processor_;
};

/// On one port of several: `part` is what its worker shares.
template <typename Family, FramePort Port, NextHops Hops>
std::unique_ptr<Runner> runner_on(LogicName logic, const ProcessorOptions& options, Port port,
                                  Hops hops, const Control& control, WorkerPart& part) {
    const auto made = [&]<typename Logic>(Logic /*which*/) -> std::unique_ptr<Runner> {
        return std::make_unique<RunnerOn<Port, Family, Logic, Hops>>(
            options, std::move(port), std::move(hops), control, part);
    };
    switch (logic) {
        case LogicName::echo:
            return made(Echo());
        case LogicName::discard:
            return made(Discard());
        case LogicName::threshold:
            break;
    }
    return made(Threshold());
}

ProcessorOptions processor_options(const WorkerOptions& options) {
    ProcessorOptions wanted{.flows = options.flows};
    if (options.respond) {
        wanted.respond = RespondTo{.address = options.respond->address,
                                   .port = nt_swap16(options.respond->port)};
    }
    return wanted;
}

std::size_t most_workers(const WorkerOptions& options) {
    return std::max<std::size_t>(1, options.cpus.size());
}

/// One for each port, made on the CPU that it will run on.
template <typename Family, typename Port, typename MakeHops>
Result<Runners> runners_on(const WorkerOptions& options, const ProcessorOptions& processor,
                           std::vector<Port> ports, MakeHops hops, Shared& shared) {
    Runners runners;
    for (Port& port : ports) {
        WorkerPart& part = shared.parts[runners.size()];
        if (!options.cpus.empty()) {
            part.cpu = options.cpus[runners.size()];
            NT_CHECK(worker::bind_to_cpu(part.cpu));
        }
        NT_TRY(auto next_hops, hops());
        runners.push_back(runner_on<Family>(options.logic, processor, std::move(port),
                                            std::move(next_hops), shared.control, part));
    }
    return runners;
}

template <typename Family, typename Port>
Result<Runners> udp_runners(const WorkerOptions& options, Shared& shared) {
    // Of a group every socket would get every packet.
    const std::size_t count = is_group(options.listen) ? 1 : most_workers(options);
    NT_TRY(std::vector<Port> ports, Port::open({.address = options.listen.address,
                                                .is_ipv6 = options.listen.is_ipv6,
                                                .port = options.listen.port,
                                                .device = options.device},
                                               count));
    return runners_on<Family>(
        options, processor_options(options), std::move(ports),
        [] { return Result<KernelsNextHop>(KernelsNextHop()); }, shared);
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

/// On ports that go past the kernel's stack.
template <typename Family>
Result<Runners> frame_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    ProcessorOptions processor = processor_options(options);
    processor.listen = listening(options, device);
    const auto hops = [&] {
        return KernelNextHops::open(device.index, options.listen.is_ipv6, options.cpus);
    };
    if (options.backend == Backend::packet) {
        NT_TRY(std::vector<PacketPort> ports,
               PacketPort::open({.device = options.device, .listen = processor.listen},
                                most_workers(options)));
        note(shared, "packet");
        return runners_on<Family>(options, processor, std::move(ports), hops, shared);
    }
    NT_TRY(std::vector<XskPort> ports,
           XskPort::open({.device = options.device, .listen = processor.listen},
                         most_workers(options)));
    note(shared, "af_xdp, " + ports.front().mode());
    for (std::uint32_t queue = 0; queue < ports.size(); ++queue) {
        shared.parts[queue].queue = queue;
    }
    return runners_on<Family>(options, processor, std::move(ports), hops, shared);
}

/// In the kernel, for whatever queue a packet comes on: one of us is enough to look after it.
Result<Runners> kernel_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    WorkerPart& part = shared.parts.front();
    if (!options.cpus.empty()) {
        part.cpu = options.cpus.front();
    }
    std::string how;
    Runners runners(1);
    NT_TRY(runners.front(), xdp_runner(options, listening(options, device), device, shared, how));
    note(shared, how);
    return runners;
}

Result<Runners> runners_with(const WorkerOptions& options, Shared& shared) {
    if (options.backend == Backend::xdp) {
        return kernel_runners(options, shared);
    }
    if (options.backend != Backend::udp) {
        return options.listen.is_ipv6 ? frame_runners<Ipv6>(options, shared)
                                      : frame_runners<Ipv4>(options, shared);
    }
    note(shared, is_group(options.listen) ? "udp, joined on " + options.device : "udp");
    return options.listen.is_ipv6 ? udp_runners<Ipv6Socket, Ipv6UdpPort>(options, shared)
                                  : udp_runners<Ipv4Socket, Ipv4UdpPort>(options, shared);
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
    if (options.backend == Backend::xdp || options.backend == Backend::af_xdp) {
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
Result<Runners> fastest_runners(const WorkerOptions& options, Shared& shared) {
    constexpr std::pair<Backend, std::string_view> fastest_first[] = {{Backend::xdp, "xdp"},
                                                                      {Backend::af_xdp, "af_xdp"},
                                                                      {Backend::packet, "packet"},
                                                                      {Backend::udp, "udp"}};
    std::string reasons;
    WorkerOptions tried = options;
    for (const auto& [backend, name] : fastest_first) {
        tried.backend = backend;
        Status fit = fits(tried);
        auto runners =
            fit ? runners_with(tried, shared) : Result<Runners>(std::unexpected(fit.error()));
        if (runners) {
            std::string how = shared.head.how.data();
            if (backend == Backend::af_xdp && !how.ends_with("zero copy")) {
                reasons = "; zero copy: not by this driver";
            }
            note(shared, how + reasons);
            return runners;
        }
        reasons += fmt::format("; {}: {}", name, runners.error().message);
        for (WorkerPart& part : shared.parts) {
            part.cpu = part.queue = WorkerPart::none;
        }
    }
    return failure(ErrorCode::unsupported, "no backend works here" + reasons);
}

/// How many work, where that is not one: more CPUs than queues are no error, but are said.
void note_workers(const WorkerOptions& options, std::size_t count, Shared& shared) {
    shared.workers = static_cast<std::uint32_t>(count);
    const std::size_t most = most_workers(options);
    if (most > 1) {
        note(shared, fmt::format("{}; {}", shared.head.how.data(),
                                 count == most
                                     ? fmt::format("{} workers", count)
                                     : fmt::format("{} of {} CPUs have a worker: there is no more "
                                                   "to serve",
                                                   count, most)));
    }
}

}  // namespace

Result<Runners> opened_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(Runners runners, options.backend == Backend::automatic ? fastest_runners(options, shared)
                                                                  : runners_with(options, shared));
    note_workers(options, runners.size(), shared);
    return runners;
}

}  // namespace nanotune::datapath
