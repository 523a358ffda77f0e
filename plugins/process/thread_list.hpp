// The threads of a process that run now.
#pragma once

#include <string>
#include <vector>

#include "task_stat.hpp"

namespace nanotune::process {

struct Thread {
    TaskName name;
    TaskStat stat;
};

/// Whether an author's name of threads, which may be a glob, is this one's. The kernel keeps no
/// more than 15 characters.
[[nodiscard]] bool fits(const std::string& pattern, const std::string& comm);

/// Lowest number first. Those that end meanwhile are left out, and so are all when the process has.
[[nodiscard]] std::vector<Thread> threads_of(Files& files, unsigned process);

}  // namespace nanotune::process
