// What the kernel's process events connector tells (linux/cn_proc.h), by its numbers: the names are
// of an enumeration within struct proc_event up to Linux 6.5's headers, and beside it since.
#pragma once

#include <cstdint>

namespace nanotune {

inline constexpr std::uint32_t process_executes = 0x00000002;  // PROC_EVENT_EXEC
inline constexpr std::uint32_t process_is_named = 0x00000200;  // PROC_EVENT_COMM

}  // namespace nanotune
