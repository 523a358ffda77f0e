#include "errands.hpp"

#include <algorithm>
#include <span>

#include "worker/live_word.hpp"

namespace nanotune::datapath {

void Errands::say() noexcept {
    __atomic_thread_fence(__ATOMIC_RELEASE);  // whoever sees it sees what was done, too
    part_.done.set(last_.word());
    // Of two workers that say so at the same time, one at least sees both.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    const auto parts = std::span(shared_.parts).first(shared_.workers);
    if (std::ranges::all_of(
            parts, [this](const WorkerPart& part) { return part.done.now() == last_.word(); })) {
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        shared_.control.say_done(last_);
        worker::tell_waiters(shared_.done());
    }
}

}  // namespace nanotune::datapath
