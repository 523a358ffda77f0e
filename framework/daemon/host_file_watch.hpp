// That somebody has written the host's file: what it says is true at once, also where the file is
// reached through links. Where the kernel does not tell, it is looked at from time to time.
#pragma once

#include <optional>
#include <string>

#include "daemon/folder_notices.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune::daemon {

/// Used on one thread. The file's folder may come later, or be replaced.
class HostFileWatch {
  public:
    using Clock = FolderNotices::Clock;

    HostFileWatch(std::string file, FolderNotices::Log log);

    /// Readable once something has happened beside the file; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Until the file is looked at, in milliseconds (-1: never, as all is told).
    [[nodiscard]] int patience(Clock::time_point now) const { return notices_.patience(now); }
    /// Takes what has come. Whether the file may be another now.
    bool process(Clock::time_point now);

  private:
    void watch_way(Clock::time_point now);
    bool is_another();

    std::string file_;
    std::string name_;
    FolderNotices notices_;
    std::optional<FileFacts> seen_;
};

}  // namespace nanotune::daemon
