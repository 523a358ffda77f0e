// What a worker may still ask of the kernel once it takes packets.
#pragma once

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// From now on every thread of the process may use the sockets that it has, ask the kernel for
/// routes and neighbours, and end; for anything else the kernel kills the process (SIGSYS).
/// `connects_again`: it may also connect a socket that it has, wherever to. Errors: unsupported
/// where the kernel has no filters of system calls.
[[nodiscard]] Status leave_few_system_calls(bool connects_again = false);

/// From now on no thread of the process makes another process: fork(2) and its like fail with
/// EPERM. Threads are made as ever. What is loaded later finds it so, too. Errors: unsupported
/// where the kernel has no filters of system calls.
[[nodiscard]] Status leave_no_new_processes();

}  // namespace nanotune::worker
