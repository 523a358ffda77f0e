// A section that selects nothing: is the target missing, or does the target lack the setting?
#pragma once

#include <string>

#include "engine/host_view.hpp"

namespace nanotune {

/// Why the section selects nothing that has the setting.
struct Absence {
    enum class Kind {
        limited,      ///< `when` does not hold for what it names: nothing is wanted
        unsupported,  ///< the targets are there, without the setting
        not_there,    ///< no such NIC, CPU or node: `message` says which there are
        no_queue,     ///< the device is there without such a queue: `message` says which there are
        not_known,    ///< looking for targets failed, which is a problem of its own
    };
    Kind kind = Kind::unsupported;
    Target target;  ///< what the section names, for the report
    std::string message;
};

/// Of a setting whose targets `own` finds, a discovery of the section's plugin in which the section
/// selects none.
[[nodiscard]] Absence absence_of(const LiveSection& live, Discovery own, HostView& host);

/// Of all that the plugin can find: unsupported where the section selects anything at all.
[[nodiscard]] Absence absence_of(const LiveSection& live, HostView& host);

/// Of the queues that a section asks for, those that a device does not have, and those that it has.
struct LostQueues {
    std::string device;
    CpuSet lost;
    CpuSet left;
};
/// Of a section for single queues: each device that it selects of which it selects only some of
/// them.
[[nodiscard]] std::vector<LostQueues> lost_queues(const SectionSelector& selector,
                                                  const std::vector<Candidate>& candidates);

}  // namespace nanotune
