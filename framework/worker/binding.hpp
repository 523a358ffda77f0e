// What keeps the hot thread from waiting for anybody: a CPU of its own, memory that is there and
// stays, and a scheduling class that nothing ordinary interrupts.
#pragma once

#include <optional>

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// Moves the calling thread to the CPU, and sees that it is there. Errors: not_found where there is
/// no such CPU or it is not allowed here.
[[nodiscard]] Status bind_to_cpu(unsigned cpu);

/// SCHED_FIFO at 1 to 99 for the calling thread. Whoever never waits sees first that a CPU is left
/// to others. Errors: denied.
[[nodiscard]] Status set_real_time(int priority);

/// Keeps all memory that the process has where it is, and touches the stack as deep as it will need
/// it. What is taken later is not locked: the hot thread takes none. Errors: denied.
[[nodiscard]] Status lock_memory();

}  // namespace nanotune::worker
