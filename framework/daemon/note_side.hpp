// The note by which commands find this daemon, left as soon as it can be, and anew where somebody
// removes it: no daemon ends for want of it.
#pragma once

#include <optional>
#include <string>

#include "daemon/folder_notices.hpp"
#include "service/instance.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class NoteSide {
  public:
    using Clock = FolderNotices::Clock;

    NoteSide(std::string state_folder, std::string file, FolderNotices::Log log);

    /// Leaves it, where it is not there and it is time to try; says once why it is not.
    void process(Clock::time_point now);
    /// Until that, in milliseconds (-1: never).
    [[nodiscard]] int patience(Clock::time_point now) const;
    /// Readable once something has happened beside it; -1 where nothing is told.
    [[nodiscard]] int number() const { return notices_.number(); }
    /// For good.
    void remove();

  private:
    void look(Clock::time_point now);
    bool leave();

    std::string state_folder_;
    std::string file_;
    FolderNotices::Log log_;
    FolderNotices notices_;
    std::optional<InstanceNote> note_;
    std::optional<Clock::time_point> next_ = Clock::time_point::min();  ///< try
    std::string complaint_;
};

}  // namespace nanotune::daemon
