// Work that may crash, such as the first load of an unknown plugin, in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <nanotune/error.hpp>

namespace nanotune {

/// Runs `work` in a forked child whose standard input and output are /dev/null, and waits for it.
/// Success is that it returned 0. Errors: damaged, with what the child wrote to its standard error
/// and how it ended ("killed by SIGSEGV", "ended in the middle" where what it called ended the
/// process); io where no child could be made; timed_out for one that has not ended within `limit`
/// and was killed. It never outlives the calling thread.
[[nodiscard]] Status in_child(const std::function<int()>& work, std::chrono::milliseconds limit);
/// The same of work that has found something out: what it leaves in `found`, 64 KiB at most.
[[nodiscard]] Result<std::string> found_in_child(const std::function<int(std::string& found)>& work,
                                                 std::chrono::milliseconds limit);

}  // namespace nanotune
