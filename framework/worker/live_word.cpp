#include "worker/live_word.hpp"

#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune::worker {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a word's lower half comes first");

void tell_waiters(const std::uint64_t* word) noexcept {
    ::syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void wait_for_change(const std::uint64_t* word, std::uint64_t seen,
                     std::chrono::microseconds at_most) noexcept {
    const timespec time{.tv_sec = at_most.count() / 1'000'000,
                        .tv_nsec = at_most.count() % 1'000'000 * 1'000};
    ::syscall(SYS_futex, word, FUTEX_WAIT, static_cast<std::uint32_t>(seen), &time, nullptr, 0);
}

}  // namespace nanotune::worker
