#include "engine/host_topology.hpp"

#include <algorithm>
#include <iterator>

#include <nanotune/discover.hpp>

namespace nanotune {

namespace {

/// Candidates, or none and a note of what the kernel answered.
Result<std::vector<Candidate>> found_or_noted(Survey& survey, Discovery discovery,
                                              std::string_view what,
                                              std::vector<std::string>& notes) {
    const auto found = survey.candidates(discovery);
    if (found) {
        return **found;
    }
    if (found.error().code == ErrorCode::timed_out) {
        return std::unexpected(found.error());
    }
    notes.push_back(Error(found.error()).within(what).message);
    return std::vector<Candidate>();
}

std::vector<Candidate> interrupts_of(const std::vector<Candidate>& all, const Candidate& nic) {
    std::vector<Candidate> own;
    std::ranges::copy_if(all, std::back_inserter(own), [&nic](const Candidate& interrupt) {
        return interrupt.device == nic.device;
    });
    return own;
}

}  // namespace

Result<HostTopology> host_topology(Survey& survey) {
    HostTopology host;
    NT_TRY(auto hardware,
           survey.calls().ask("reading the topology of CPUs and memory",
                              [](System& system) { return observed_hardware(system.files()); }));
    NT_TRY(host.hardware, std::move(hardware));
    NT_TRY(const auto nics,
           found_or_noted(survey, discover::nics, "network devices are not shown", host.notes));
    NT_TRY(const auto interrupts, found_or_noted(survey, discover::nic_interrupts,
                                                 "interrupts are not shown", host.notes));
    for (const Candidate& nic : nics) {
        const auto own = interrupts_of(interrupts, nic);
        NT_TRY(auto layout, survey.calls().ask("reading the queues and interrupts of " + nic.device,
                                               [&nic, &own](System& system) {
                                                   return observed_layout(system, nic, own);
                                               }));
        if (layout) {
            host.nics.push_back(*std::move(layout));
        } else if (layout.error().code != ErrorCode::not_found) {  // not one that went meanwhile
            host.notes.push_back(std::move(layout).error().within(nic.device).message);
        }
    }
    return host;
}

}  // namespace nanotune
