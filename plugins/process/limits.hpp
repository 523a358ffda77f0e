// What a process may have at most (getrlimit(2)), each as one setting: soft and hard limit change
// in one call.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <asm/resource.h>  // linux/resource.h has structs that the C library has as well

#include <nanotune/system.hpp>
#include <nanotune/tunable.hpp>

namespace nanotune::process {

/// "64MiB" for both limits, "8MiB:unlimited" for soft and hard.
[[nodiscard]] Result<std::string> normal_bytes_limit(std::string_view text);
[[nodiscard]] Result<std::string> normal_time_limit(std::string_view text);
[[nodiscard]] Result<std::string> normal_count_limit(std::string_view text);
/// Of a priority: from 0 to 99, and of a nice value: from 0 to 40.
[[nodiscard]] Result<std::string> normal_priority_limit(std::string_view text);
[[nodiscard]] Result<std::string> normal_nice_limit(std::string_view text);

/// `setting` is what stands in the journal, "rlimit.memlock"; an author says "limit.memlock".
struct LimitRow {
    std::string_view setting;
    unsigned resource;  ///< RLIMIT_*
    Unit unit;
    std::string_view label;  ///< of its line in /proc/PID/limits
    Result<std::string> (*normal)(std::string_view);
    std::string_view summary;
};

inline constexpr LimitRow limit_rows[] = {
    {"rlimit.memlock", RLIMIT_MEMLOCK, Unit::bytes, "Max locked memory", normal_bytes_limit,
     "Memory that the process may lock, which AF_XDP and RDMA count as well."},
    {"rlimit.nofile", RLIMIT_NOFILE, Unit::none, "Max open files", normal_count_limit,
     "Files and sockets that the process may have open; fs.nr_open at most."},
    {"rlimit.rtprio", RLIMIT_RTPRIO, Unit::none, "Max realtime priority", normal_priority_limit,
     "Highest real-time priority that the process may give itself without CAP_SYS_NICE."},
    {"rlimit.rttime", RLIMIT_RTTIME, Unit::microseconds, "Max realtime timeout", normal_time_limit,
     "CPU time that a real-time thread may take without a call that blocks, before a signal."},
    {"rlimit.nice", RLIMIT_NICE, Unit::none, "Max nice priority", normal_nice_limit,
     "20 minus the lowest nice value that the process may give itself: 40 is nice -20."},
    {"rlimit.nproc", RLIMIT_NPROC, Unit::none, "Max processes", normal_count_limit,
     "Threads that the process's user may have, this one's included."},
    {"rlimit.stack", RLIMIT_STACK, Unit::bytes, "Max stack size", normal_bytes_limit,
     "How far the main thread's stack may grow; new threads' stacks are as large."},
    {"rlimit.core", RLIMIT_CORE, Unit::bytes, "Max core file size", normal_bytes_limit,
     "Largest core file; 0 for none, which keeps a crash short."},
    {"rlimit.msgqueue", RLIMIT_MSGQUEUE, Unit::bytes, "Max msgqueue size", normal_bytes_limit,
     "Bytes in POSIX message queues of the process's user."},
    {"rlimit.sigpending", RLIMIT_SIGPENDING, Unit::none, "Max pending signals", normal_count_limit,
     "Signals that may wait for the process's user."},
};
inline constexpr std::size_t limit_count = std::size(limit_rows);

/// The row of a setting's or parameter's name; nullptr for another.
[[nodiscard]] const LimitRow* limit_row(std::string_view name);

/// What `text`, in its normal spelling, asks for. Nothing where it is no limit.
[[nodiscard]] std::optional<ResourceLimit> limit_from(const LimitRow& row, std::string_view text);
[[nodiscard]] std::string limit_text(const LimitRow& row, const ResourceLimit& limit);
/// The row's line in the text of /proc/PID/limits.
[[nodiscard]] std::optional<ResourceLimit> limit_in(const LimitRow& row,
                                                    std::string_view proc_text);

}  // namespace nanotune::process
