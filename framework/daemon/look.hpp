// What passes between who is told of changes, and who looks at them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/drifts.hpp"
#include "service/watched.hpp"

namespace nanotune::daemon {

/// A reason to look at the host.
struct Look {
    bool is_whole = false;                ///< at everything that disturbs nobody
    std::set<std::string> devices = {};   ///< at all that is held of these
    std::set<std::string> returned = {};  ///< of those, that have just come, or come up again
    std::set<long> started = {};          ///< processes that have started
    Authors authors = {};

    void add(Look other);
};

/// What changes would be a reason to look.
struct Followed {
    std::set<std::string> files = {};
    std::set<std::string> devices = {};
    std::vector<ProcessMatch> processes = {};
    friend bool operator==(const Followed&, const Followed&) = default;
};

}  // namespace nanotune::daemon
