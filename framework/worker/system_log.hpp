// The system's log, for a process that may open nothing any more.
#pragma once

#include <string>
#include <string_view>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

/// The log's socket, /dev/log (syslog(3)), opened beforehand. Where there is none, or it has no
/// room, what is said is lost: nobody waits for a log. One thread's.
class SystemLog {
  public:
    /// `program` is what the lines are said by.
    static SystemLog open(std::string_view program);

    void warn(std::string_view line) const noexcept;

  private:
    SystemLog(Descriptor socket, std::string front)
        : socket_(std::move(socket)), front_(std::move(front)) {}

    Descriptor socket_;
    std::string front_;
};

}  // namespace nanotune::worker
