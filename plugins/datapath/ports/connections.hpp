// What became of a datapath's connections: written by one worker, read by anybody.
#pragma once

#include "datapath/processor/counters.hpp"

namespace nanotune::datapath {

struct Connections {
    Counter active;  ///< now
    Counter opened;
    Counter closed;   ///< by the other side, or broken
    Counter expired;  ///< nothing was heard of them
    Counter dropped;  ///< by somebody's order
    Counter refused;  ///< there was no room
};

}  // namespace nanotune::datapath
