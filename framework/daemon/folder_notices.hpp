// What the kernel tells of folders. Where it does not, as nothing more is to be had for that, it is
// said once, and whoever wants to know looks from time to time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class FolderNotices {
  public:
    using Clock = std::chrono::steady_clock;
    using Log = std::function<void(const std::string&)>;
    /// What is wanted to be told of each (inotify's IN_...), by its path.
    using Folders = std::map<std::string, std::uint32_t>;

    /// `about` is what they are listened to for, as errors say it.
    FolderNotices(std::string about, Log log);

    /// These from now on, and no others; one that is not there is no error. Whether one of them is
    /// heard of for the first time: what happened in it before is not told.
    bool follow(const Folders& folders, Clock::time_point now);

    struct Heard {
        bool is_anything = false;     ///< or it is time to look
        bool is_overflow = false;     ///< some of it is lost
        std::set<std::string> names;  ///< in whatever folder
    };
    [[nodiscard]] Heard take(Clock::time_point now);
    /// Readable once something has happened; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// Until it is time to look, in milliseconds (-1: never, as all is told).
    [[nodiscard]] int patience(Clock::time_point now) const;

  private:
    void complain(const Error& why, Clock::time_point now);

    std::string about_;
    Log log_;
    Descriptor notices_;
    std::set<int> watched_;  ///< inotify's numbers
    bool has_complained_ = false;
    std::optional<Clock::time_point> look_at_;  ///< while not all is told
};

}  // namespace nanotune::daemon
