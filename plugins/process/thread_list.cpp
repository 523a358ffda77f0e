#include "thread_list.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fnmatch.h>

namespace nanotune::process {

namespace {

constexpr std::size_t comm_limit = 15;  // the kernel cuts names of programs' threads here

}  // namespace

bool fits(const std::string& pattern, const std::string& comm) {
    const bool is_glob = pattern.find_first_of("*?[") != std::string::npos;
    return fnmatch(pattern.c_str(), comm.c_str(), 0) == 0 ||
           (!is_glob && comm == pattern.substr(0, comm_limit));
}

std::vector<Thread> threads_of(Files& files, unsigned process) {
    const std::string folder = fmt::format("/proc/{}/task", process);
    std::vector<Thread> threads;
    for (const std::string& number : files.list(folder).value_or(std::vector<std::string>{})) {
        const auto line = files.read(fmt::format("{}/{}/stat", folder, number));
        const auto stat = line ? TaskStat::from(*line) : std::nullopt;
        const auto name =
            stat ? TaskName::of_thread(fmt::format("{}/{}:{}", process, number, stat->start))
                 : std::nullopt;
        if (name) {
            threads.push_back({*name, *stat});
        }
    }
    std::ranges::sort(threads, {}, [](const Thread& thread) { return thread.name.thread; });
    return threads;
}

}  // namespace nanotune::process
