// Which datapaths there are, as the files of their folders tell: whoever started, ended or switched
// one, with the daemon or without it.
#pragma once

#include <string>
#include <vector>

#include "cli/direct/kept_datapaths.hpp"
#include "daemon/folder_notices.hpp"

namespace nanotune::daemon {

/// Used on one thread. While nothing happens to a datapath it wakes nobody.
class DatapathWatch {
  public:
    using Clock = FolderNotices::Clock;

    DatapathWatch(cli::KeptDatapaths kept, FolderNotices::Log log);

    /// Readable once something has happened; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Until they are looked at, in milliseconds (-1: never, as all is told).
    [[nodiscard]] int patience(Clock::time_point now) const { return notices_.patience(now); }
    /// Takes what has come, and looks. Whether anything has: even where all is as it was seen last,
    /// a datapath that shows what was asked of it meanwhile shows too much.
    bool process(Clock::time_point now);
    /// Looks now. Whether there is another thing to be seen than before.
    bool look(Clock::time_point now);
    [[nodiscard]] const std::vector<Datapath>& seen() const { return seen_; }
    [[nodiscard]] const cli::KeptDatapaths& kept() const { return kept_; }

  private:
    bool see();
    bool follow(Clock::time_point now);

    cli::KeptDatapaths kept_;
    FolderNotices::Log log_;
    FolderNotices notices_;
    std::vector<Datapath> seen_;
    std::string complaint_;  ///< the last one, which is not said again
};

}  // namespace nanotune::daemon
