// One line of /proc/PID/stat or /proc/PID/task/TID/stat, and the identity that it gives a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nanotune/system.hpp>
#include <nanotune/target.hpp>

namespace nanotune::process {

/// What of the line matters here (proc_pid_stat(5)).
struct TaskStat {
    std::string comm;
    char state = '?';
    bool is_kernel = false;   ///< a thread of the kernel's own
    bool is_bound = false;    ///< the kernel lets nobody change the CPUs that it may run on
    int nice = 0;             ///< also of a real-time thread, which gets it back with SCHED_OTHER
    std::uint64_t start = 0;  ///< field 22: clock ticks since boot

    /// Nothing where the line is not complete. `comm` may hold spaces and parentheses.
    static std::optional<TaskStat> from(std::string_view line);
};

/// A process as a target names it, "1234:567890", or one of its threads, "1234/1240:567891".
struct TaskName {
    unsigned process = 0;
    unsigned thread = 0;  ///< the process itself for its first thread
    std::uint64_t start = 0;

    static std::optional<TaskName> of_process(std::string_view text);
    static std::optional<TaskName> of_thread(std::string_view text);
    /// As a thread.
    [[nodiscard]] std::string text() const;
};

/// Each thread has its own folder below /proc, though only that of the first one is listed.
[[nodiscard]] std::string timer_slack_file(const TaskName& thread);

/// The thread's line. Errors: not_found when it has ended, or its number names another one now.
[[nodiscard]] Result<TaskStat> living(Files& files, const TaskName& thread);

}  // namespace nanotune::process
