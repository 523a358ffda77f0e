#include "runner.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "backends.hpp"
#include "datapath/ports/device.hpp"
#include "listening.hpp"
#include "worker/binding.hpp"
#include "xdp_runner.hpp"

namespace nanotune::datapath {

std::size_t most_workers(const WorkerOptions& options) {
    return std::max<std::size_t>(1, options.cpus.size());
}

GoHome home_of_workers(const WorkerOptions& options) {
    return [&cpus = options.cpus](std::size_t number) {
        return number < cpus.size() ? worker::bind_to_cpu(cpus[number]) : Status();
    };
}

/// How it works, for people. What it says already stays as it is: others read it meanwhile.
void note(Shared& shared, std::string_view how) {
    const std::string_view fitting = how.substr(0, shared.head.how.size() - 1);
    if (fitting == shared.head.how.data()) {
        return;
    }
    shared.head.how = {};
    std::ranges::copy(fitting, shared.head.how.begin());
}

namespace {

/// In the kernel, for whatever queue a packet comes on: one of us is enough to look after it.
Result<Runners> kernel_runners(const WorkerOptions& options, Shared& shared) {
    NT_TRY(const Device device, device_of(options.device));
    NT_CHECK(goes_by_device(options));
    WorkerPart& part = shared.parts.front();
    if (!options.cpus.empty()) {
        part.cpu = options.cpus.front();
    }
    std::string how;
    Runners runners(1);
    NT_TRY(const nt_listen listen, listening(options, device));
    NT_TRY(runners.front(), xdp_runner(options, listen, device, shared, how));
    note(shared, how);
    return runners;
}

Result<Runners> runners_with(const WorkerOptions& options, Shared& shared) {
    if (options.protocol == Protocol::tcp) {
        return options.backend == Backend::packet ? tracked_runners(options, shared)
               : options.backend == Backend::xdp  ? tapped_runners(options, shared)
                                                  : tcp_runners(options, shared);
    }
    if (options.backend == Backend::xdp) {
        return kernel_runners(options, shared);
    }
    if (options.backend != Backend::udp) {
        return frame_runners(options, shared);
    }
    return udp_runners(options, shared);
}

/// Why the backend would not take every packet here, although it could be opened.
Status fits(const WorkerOptions& options) {
    if (options.backend == Backend::udp) {
        return {};
    }
    if (options.device.empty()) {
        return failure(ErrorCode::unsupported, "it is on an interface, and none is given");
    }
    NT_CHECK(fit_together(options));
    if (options.backend == Backend::xdp || options.backend == Backend::af_xdp) {
        NT_TRY(const Device device, device_of(options.device));
        if (device.driver == "veth" && !options.trusts_checksums) {
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
        if (options.only_asleep && backend != Backend::xdp) {
            return failure(ErrorCode::unsupported,
                           "the worker of xdp would leave them, as it sleeps" + reasons);
        }
        tried.backend = backend;
        Status fit = fits(tried);
        auto runners =
            fit ? runners_with(tried, shared) : Result<Runners>(std::unexpected(fit.error()));
        if (runners) {
            std::string how = shared.head.how.data();
            if (backend == Backend::af_xdp && !how.contains("zero copy")) {
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
    const bool is_tried =
        options.backend == Backend::automatic && options.protocol == Protocol::udp;
    NT_TRY(Runners runners,
           is_tried ? fastest_runners(options, shared) : runners_with(options, shared));
    if (is_group(options.listen)) {
        note(shared, fmt::format("{}; joined on {}", shared.head.how.data(), options.device));
    }
    if (const std::string other = who_answers_too(options);
        !other.empty() && !std::string_view(shared.head.how.data()).contains(other)) {
        note(shared, fmt::format("{}; {}", shared.head.how.data(), other));
    }
    note_workers(options, runners.size(), shared);
    return runners;
}

}  // namespace nanotune::datapath
