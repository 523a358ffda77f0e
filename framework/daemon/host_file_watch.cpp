#include "daemon/host_file_watch.hpp"

#include <filesystem>
#include <utility>

#include <fmt/core.h>
#include <sys/inotify.h>

namespace nanotune::daemon {

namespace {

std::optional<FileFacts> facts_of(const std::string& file) {
    auto facts = file_facts(file);
    return facts ? std::optional(*facts) : std::nullopt;
}

}  // namespace

HostFileWatch::HostFileWatch(std::string file, FolderNotices::Log log)
    : file_(std::move(file)),
      name_(std::filesystem::path(file_).filename()),
      notices_(fmt::format("watch {}", file_), std::move(log)),
      seen_(facts_of(file_)) {
    watch_way(Clock::now());
}

/// Each folder in which the kernel looks a name up on its way to the file, and none that is no
/// longer on it.
void HostFileWatch::watch_way(Clock::time_point now) {
    constexpr std::uint32_t happens =
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;
    FolderNotices::Folders folders = {{"/", happens}};
    for (const FolderOnWay& folder : way_to(file_).folders) {
        folders.emplace(folder.path, happens);
    }
    static_cast<void>(notices_.follow(folders, now));
}

bool HostFileWatch::is_another() {
    auto now = facts_of(file_);
    return std::exchange(seen_, now) != now;
}

bool HostFileWatch::process(Clock::time_point now) {
    const FolderNotices::Heard heard = notices_.take(now);
    if (!heard.is_anything) {
        return false;
    }
    watch_way(now);
    // After that: what is written before a folder is watched is seen, and what comes later is told.
    const bool is_other = is_another();
    return is_other || heard.is_overflow || heard.names.contains(name_);
}

}  // namespace nanotune::daemon
