// Looks that go on by themselves for as long as each sees what the one before it saw: nobody is
// woken for nothing.
#pragma once

#include <chrono>
#include <functional>

namespace nanotune {

struct Vigil {
    using Time = std::chrono::steady_clock::time_point;

    Time first;                       ///< look
    std::chrono::milliseconds pause;  ///< from the end of one to the next
    /// Until when nobody needs to see to it: by then the next look has come to its end, unless a
    /// call in it hangs. Told before it begins, and then on the thread that looks.
    std::function<void(Time)> until;
    /// Something is otherwise, or could not be seen. Told on the thread that looks, as its last.
    std::function<void()> over;
};

}  // namespace nanotune
