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
    std::set<std::string> returned = {};  ///< of those, that have just come
    std::set<std::string> up_again = {};  ///< of those, whose link was down
    std::set<std::string> arrived = {};   ///< that a profile may take, and nobody has known yet
    std::set<long> started = {};          ///< processes that have started
    bool missed_starts = false;           ///< more has started than anybody was told of
    bool missed_arrivals = false;         ///< the same of devices that have come
    Authors authors = {};

    void add(Look other);
    /// Nothing is to be looked at.
    [[nodiscard]] bool is_empty() const {
        return !is_whole && devices.empty() && started.empty() && arrived.empty();
    }
    /// Whether something has come, or may have, that is to get its own.
    [[nodiscard]] bool brings_anything() const {
        return !returned.empty() || !up_again.empty() || !arrived.empty() || !started.empty() ||
               missed_starts || missed_arrivals;
    }
};

/// What changes would be a reason to look.
struct Followed {
    std::set<std::string> files = {};
    std::set<std::string> devices = {};
    bool has_away = false;  ///< a device among them is not here, or under another name
    Awaited awaited = {};
    friend bool operator==(const Followed&, const Followed&) = default;
};

}  // namespace nanotune::daemon
