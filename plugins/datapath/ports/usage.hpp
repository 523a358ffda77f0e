// How full a port's queues are.
#pragma once

#include <cstdint>

namespace nanotune::datapath {

/// At one moment, seen by another thread than the port's.
struct Usage {
    bool is_bytes = false;      ///< `waiting` and `room` are bytes of a socket's buffer, not frames
    std::uint64_t waiting = 0;  ///< received, and not looked at
    std::uint64_t room = 0;     ///< for what is received
    std::uint64_t leaving = 0;  ///< answers that have not left
    std::uint64_t slots = 0;    ///< for answers
    std::uint64_t dropped = 0;  ///< by the kernel since the port was opened: there was no room
};

}  // namespace nanotune::datapath
