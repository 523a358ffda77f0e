#include "daemon/datapath_watch.hpp"

#include <filesystem>
#include <utility>

#include <fmt/core.h>
#include <sys/inotify.h>

namespace nanotune::daemon {

DatapathWatch::DatapathWatch(cli::KeptDatapaths kept, FolderNotices::Log log)
    : kept_(std::move(kept)),
      log_(std::move(log)),
      notices_(fmt::format("watch the datapaths in {}", kept_.folder()), log_) {
    static_cast<void>(look(Clock::now()));
}

/// Whether one is heard of for the first time.
bool DatapathWatch::follow(Clock::time_point now) {
    constexpr std::uint32_t comes_and_goes = IN_CREATE | IN_DELETE | IN_MOVED_TO;
    // A worker's memory and its keeper's lock are open for writing for as long as these live, and
    // for as long as a switch is turned; records are renamed to where they belong.
    constexpr std::uint32_t happens = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE;
    const std::filesystem::path folder(kept_.folder());
    FolderNotices::Folders folders = {{folder.parent_path(), comes_and_goes},
                                      {folder, comes_and_goes}};
    for (const Datapath& datapath : seen_) {
        folders.emplace(folder / datapath.name, happens);
    }
    return notices_.follow(folders, now);
}

bool DatapathWatch::see() {
    auto now = kept_.all(false);
    const std::string complaint = now ? std::string() : now.error().message;
    if (std::exchange(complaint_, complaint) != complaint && !complaint.empty()) {
        log_(fmt::format("datapaths are shown as they were: {}", complaint));
    }
    const bool is_other = now && *now != seen_;
    if (is_other) {
        seen_ = *std::move(now);
    }
    return is_other;
}

bool DatapathWatch::process(Clock::time_point now) {
    const bool has_come = notices_.take(now).is_anything;
    if (has_come) {
        static_cast<void>(look(now));
    }
    return has_come;
}

/// Once more where a folder is new: what happened in it before it was watched is told by nobody.
bool DatapathWatch::look(Clock::time_point now) {
    bool is_other = see();
    while (follow(now) && see()) {
        is_other = true;
    }
    return is_other;
}

}  // namespace nanotune::daemon
