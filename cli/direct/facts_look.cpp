#include "facts_look.hpp"

#include <memory>
#include <thread>

#include "engine/host_topology.hpp"
#include "engine/survey.hpp"
#include "facts/facts.hpp"
#include "system/path_probe.hpp"

namespace nanotune::cli {

namespace {

/// Alive as long as the thread that works on it, given up or not.
struct FactsRun {
    explicit FactsRun(const SystemFactory& systems) : calls(systems), survey(calls) {}
    CallRunner calls;
    Survey survey;
    Result<HostFacts> found = failure(ErrorCode::timed_out, "looking at the host");
};

Result<HostFacts> looked_at(FactsRun& run, std::chrono::milliseconds window) {
    NT_TRY(HostTopology topology, host_topology(run.survey));
    std::vector<std::string> nics;
    for (const NicLayout& layout : topology.nics) {
        nics.push_back(layout.nic.device);
    }
    const auto sample = [&nics](System& system) { return facts::sampled(system, nics); };
    NT_TRY(const auto first, run.calls.ask("reading the kernel's counters", sample));
    std::this_thread::sleep_for(window);
    NT_TRY(const auto last, run.calls.ask("reading the kernel's counters again", sample));
    return run.calls.ask("reading how the host is set", [&](System& system) {
        return facts::facts_between(system, std::move(topology), first, last);
    });
}

PathFacts path_to(const std::string& peer) {
    const auto probe = probed_path(peer);
    if (!probe) {
        return {.peer = peer,
                .trouble = probe.error().message,
                .is_silent = probe.error().code == ErrorCode::timed_out};
    }
    return {.peer = peer,
            .device = probe->device,
            .device_mtu = probe->mtu,
            .largest = probe->largest,
            .told = probe->told,
            .told_by = probe->told_by};
}

}  // namespace

Checked<HostFacts> facts_of_host(const SystemFactory& systems, const FactsRequest& request) {
    if (const Status known = known_peer(request.peer); !request.peer.empty() && !known) {
        return std::unexpected(Problems{known.error()});
    }
    const auto run = std::make_shared<FactsRun>(systems);
    const Status done = run->calls.supervised(
        request.timeout + request.window,
        [run, window = request.window] { run->found = looked_at(*run, window); });
    if (!done) {
        return std::unexpected(Problems{done.error()});
    }
    if (!run->found) {
        return std::unexpected(Problems{run->found.error()});
    }
    if (!request.peer.empty()) {
        run->found->path = path_to(request.peer);
    }
    return std::move(*run->found);
}

}  // namespace nanotune::cli
