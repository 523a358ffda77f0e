// What `nanotune exec` does to its own process before it becomes the command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/cpu_set.hpp>

namespace nanotune::cli {

struct RealTime {
    int policy = 0;    ///< SCHED_FIFO, SCHED_RR or SCHED_OTHER
    int priority = 0;  ///< 1-99, 0 for SCHED_OTHER
};

/// "fifo:80", "rr:10", "other". Errors: invalid.
[[nodiscard]] Result<RealTime> real_time_of(std::string_view text);

/// "1ns", "50us": nanoseconds. Errors: invalid.
[[nodiscard]] Result<std::int64_t> timer_slack_of(std::string_view text);

/// What the command starts with. Unset: as it is.
struct Binding {
    std::optional<CpuSet> cpus;
    std::optional<CpuSet> nodes;  ///< its memory comes from these and no others
    std::optional<RealTime> real_time;
    bool unlimited_locking = false;                ///< RLIMIT_MEMLOCK
    std::optional<std::int64_t> timer_slack = {};  ///< nanoseconds
};

/// Binds this process, and reads everything back: a difference is an error that says what the
/// kernel left of it. Errors: refused, denied, unsupported.
[[nodiscard]] Status bind(const Binding& binding);

/// The program that execvp would run: searched in `path` unless it has a slash. Errors: not_found,
/// denied.
[[nodiscard]] Result<std::string> program_of(const std::string& command, std::string_view path);

/// Whether the dynamic loader of this program would honour LD_PRELOAD: scripts are followed to
/// their interpreter. Errors: unsupported, with the reason (static, set-user-id, another
/// architecture).
[[nodiscard]] Status takes_preload(const std::string& program);

}  // namespace nanotune::cli
