// A section that selects nothing: is the target missing, or does the target lack the setting?
#pragma once

#include <optional>
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

[[nodiscard]] Absence absence_of(const LiveSection& live, HostView& host);

}  // namespace nanotune
