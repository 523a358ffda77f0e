// What was done on this host, by whom, and what it came to: one record each, in a file of bounded
// size that outlives boots, and in journald where that runs.
#pragma once

#include <string>

#include "model/requests.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

/// One thing that was done.
struct HistoryRecord {
    Actor actor;
    std::string profile_hash;
    std::string reason;  ///< of a freeze; of what nobody asked for
    const Report& report;
};

/// One lasting folder's. Who has changed anything adds under the state folder's lock; what was
/// refused, for want of that lock too, may be added beside it.
class History {
  public:
    explicit History(std::string folder) : folder_(std::move(folder)) {}

    /// Errors: denied, io: it could not be kept in the file.
    Status add(const HistoryRecord& record) const;
    /// The last so many, oldest first, one JSON object a line; one that is damaged says only that.
    /// Errors: denied, io.
    [[nodiscard]] Result<std::string> last(std::size_t count) const;

  private:
    [[nodiscard]] Result<DurableFile> turned_over(const std::string& path, std::size_t more) const;

    std::string folder_;
};

/// A record as its line, without the end of line.
[[nodiscard]] std::string line_of(const HistoryRecord& record, std::string_view at);

}  // namespace nanotune
