// What became of a datapath's connections, and of its own to whoever takes its orders: written by
// one worker, read by anybody.
#pragma once

#include "counters.hpp"

namespace nanotune::datapath {

struct Connections {
    Counter active;  ///< now
    Counter opened;
    Counter closed;   ///< by the other side, or broken
    Counter expired;  ///< nothing was heard of them
    Counter dropped;  ///< by somebody's order
    Counter refused;  ///< there was no room
    Counter evicted;  ///< made room for others
    Counter unsent;   ///< orders that were counted as answers, and had not left when it ended

    // Of connections that are followed and not our own. Every segment that is ours and right is
    // one of `segments`, and may be of those below as well.
    Counter segments;
    Counter gaps;
    Counter missed;  ///< bytes in gaps
    Counter duplicates;
    Counter out_of_state;  ///< what a connection could not send

    /// All but those that are there.
    void begin_anew() noexcept {
        const std::uint64_t now = active.now();
        *this = Connections{};
        active.set(now);
    }
};

/// Of the connection on which one worker's orders leave, where they leave on one.
struct OrderLine {
    Counter is_wanted;
    Counter is_up;
    Counter made;    ///< how often: once at the start, and after each time that it broke
    Counter failed;  ///< attempts
    Counter broken;
    Counter unsent;  ///< orders that were counted as answers, and had not left when it broke

    /// All but what there is.
    void begin_anew() noexcept {
        for (Counter* const counter : {&made, &failed, &broken, &unsent}) {
            counter->set(0);
        }
    }
};

}  // namespace nanotune::datapath
