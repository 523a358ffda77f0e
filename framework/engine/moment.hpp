// A moment by both clocks: the wall clock, which people read and somebody may set, and the time
// since boot, which only goes on.
#pragma once

#include <chrono>

namespace nanotune {

struct Moment {
    std::chrono::system_clock::time_point wall;
    std::chrono::milliseconds since_boot{0};  ///< asleep or not
};

}  // namespace nanotune
