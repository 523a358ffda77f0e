// One program run from start to end, and how long that took.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bench {

struct Run {
    int exit_status = 0;
    std::chrono::duration<double, std::milli> elapsed{};
};

/// Runs the program with its output thrown away. A program that cannot be started has exit status
/// 127, one ended by a signal 128 and the signal's number.
[[nodiscard]] Run timed_run(const std::vector<std::string>& words);

/// Asks the kernel to forget the cached pages of a file, so that the next reader waits for the
/// disk. Pages that some program has mapped stay.
void forget_pages(const std::string& path);

}  // namespace bench
