// Words of a worker's memory that change while it runs, for a worker that sleeps meanwhile.
#pragma once

#include <chrono>
#include <cstdint>

namespace nanotune::worker {

/// Wakes whoever waits for the word, in whatever process. Called once it was changed.
void tell_waiters(const std::uint64_t* word) noexcept;

/// Until the word's lower half is another than in `seen`, and that was told, or the time is up, or
/// a signal comes. The word lies in memory that several processes share. futex(2).
void wait_for_change(const std::uint64_t* word, std::uint64_t seen,
                     std::chrono::microseconds at_most) noexcept;

}  // namespace nanotune::worker
