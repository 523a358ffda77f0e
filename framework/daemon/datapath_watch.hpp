// Which datapaths there are, as the files of their folders tell: whoever started, ended or switched
// one, with the daemon or without it.
#pragma once

#include <string>
#include <vector>

#include "cli/direct/kept_datapaths.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread. While nothing happens to a datapath it wakes nobody.
class DatapathWatch {
  public:
    /// Errors: exhausted: the user has no inotify instance left.
    static Result<DatapathWatch> open(cli::KeptDatapaths kept);

    /// Readable once something has happened.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Takes what has come, and looks. Whether anything has: even where all is as it was seen last,
    /// a datapath that shows what was asked of it meanwhile shows too much.
    bool process();
    /// Looks now. Whether there is another thing to be seen than before.
    bool look();
    [[nodiscard]] const std::vector<Datapath>& seen() const { return seen_; }
    [[nodiscard]] const cli::KeptDatapaths& kept() const { return kept_; }

  private:
    DatapathWatch(cli::KeptDatapaths kept, Descriptor notices)
        : kept_(std::move(kept)), notices_(std::move(notices)) {}
    void follow() const;

    cli::KeptDatapaths kept_;
    Descriptor notices_;
    std::vector<Datapath> seen_;
};

}  // namespace nanotune::daemon
