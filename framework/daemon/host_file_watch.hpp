// That somebody has written the host's file: what it says is true at once, also where the file is
// reached through links. Where the kernel does not tell, it is looked at from time to time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread. The file's folder may come later, or be replaced.
class HostFileWatch {
  public:
    using Clock = std::chrono::steady_clock;
    using Log = std::function<void(const std::string&)>;

    HostFileWatch(std::string file, Log log);

    /// Readable once something has happened beside the file; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Until the file is looked at, in milliseconds (-1: never, as all is told).
    [[nodiscard]] int patience(Clock::time_point now) const;
    /// Takes what has come. Whether the file may be another now.
    bool process(Clock::time_point now);

  private:
    void watch_way(Clock::time_point now);
    void complain(const Error& why);
    bool is_another();

    std::string file_;
    std::string name_;
    Log log_;
    Descriptor notices_;
    std::set<int> watched_;  ///< inotify's numbers of the folders on the way
    std::optional<FileFacts> seen_;
    std::optional<Clock::time_point> look_at_;  ///< while not all is told
    bool has_complained_ = false;
};

}  // namespace nanotune::daemon
