#include "worker/binding.hpp"

#include <array>
#include <cerrno>
#include <cstddef>

#include <fmt/core.h>
#include <sched.h>
#include <sys/mman.h>

namespace nanotune::worker {

namespace {

constexpr std::size_t stack_used = 256 << 10;
constexpr std::size_t page = 4096;

[[gnu::noinline]] void touch_stack() {
    std::array<std::byte, stack_used> stack;
    volatile std::byte* const bytes = stack.data();
    for (std::size_t at = 0; at < stack.size(); at += page) {
        bytes[at] = std::byte{1};
    }
}

}  // namespace

Status bind_to_cpu(unsigned cpu) {
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    if (cpu >= CPU_SETSIZE) {
        return failure(ErrorCode::not_found, fmt::format("CPU {}: there is no such CPU", cpu));
    }
    CPU_SET(cpu, &wanted);
    if (::sched_setaffinity(0, sizeof wanted, &wanted) != 0) {
        const int error = errno;
        if (error == EINVAL) {
            return failure(ErrorCode::not_found,
                           fmt::format("CPU {}: it is not there, or not for this process", cpu));
        }
        return kernel_failure(fmt::format("bind to CPU {}", cpu), error);
    }
    if (::sched_getcpu() != static_cast<int>(cpu)) {
        return failure(ErrorCode::refused,
                       fmt::format("bind to CPU {}: running on CPU {}", cpu, ::sched_getcpu()));
    }
    return {};
}

Status set_real_time(int priority) {
    const sched_param wanted{.sched_priority = priority};
    if (::sched_setscheduler(0, SCHED_FIFO, &wanted) != 0) {
        return kernel_failure(fmt::format("real-time class, priority {}", priority), errno);
    }
    return {};
}

Status lock_memory() {
    touch_stack();
    if (::mlockall(MCL_CURRENT) != 0) {
        return kernel_failure("lock memory", errno);
    }
    return {};
}

}  // namespace nanotune::worker
