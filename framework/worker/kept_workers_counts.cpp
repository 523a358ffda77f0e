// What workers have counted and see, which their program alone can tell.
#include <array>
#include <chrono>

#include <sys/stat.h>

#include "worker/kept_workers.hpp"
#include "worker/spawn.hpp"

namespace nanotune::worker {

namespace {

constexpr std::chrono::milliseconds report_patience{5'000};

}  // namespace

Result<std::string> KeptWorkers::report(const std::string& name) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    struct stat facts{};
    if (::stat(folder.shared().c_str(), &facts) != 0) {
        return unknown(name);
    }
    const std::array<std::string, 2> words{"report", folder.shared()};
    return output_of(program_, words, report_patience);
}

Result<std::vector<std::string>> KeptWorkers::trace_command(const std::string& name) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    struct stat facts{};
    if (::stat(folder.shared().c_str(), &facts) != 0) {
        return unknown(name);
    }
    return std::vector<std::string>{program_, "trace", folder.shared()};
}

Result<std::string> KeptWorkers::metrics() const {
    NT_TRY(const auto names, all_names());
    std::vector<std::string> words{"metrics"};
    for (const std::string& name : names) {
        words.push_back(name);
        words.push_back(WorkerFolder(folder_ + "/" + name).shared());
    }
    return names.empty() ? Result<std::string>() : output_of(program_, words, report_patience);
}

}  // namespace nanotune::worker
