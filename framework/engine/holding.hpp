// What an apply holds so far. A later write may disturb what was read before it: settling reads
// that once more, and puts it right once.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/writer.hpp"

namespace nanotune {

/// When the value of what is held was read: just now, or before the first write.
enum class Read { now, when_planned };

/// One setting that is held.
struct Held : Written {
    std::size_t writes_before = 0;  ///< how many writes its last reading saw
};

class Holding {
  public:
    /// Records what is about to be written again, and makes that survive this process.
    using Intend = std::function<Status(const std::vector<Change>&)>;

    /// So many settings are to be held, or so: room is made for them.
    void expect(std::size_t settings) { held_.reserve(settings); }
    /// What was added, until the next is.
    Written& add(Written&& written, Read read) {
        return held_.emplace_back(std::move(written), read == Read::now ? writes_ : 0);
    }
    /// Something was written, which may disturb all that was read before.
    void saw_write() { ++writes_; }
    [[nodiscard]] const std::vector<Held>& all() const { return held_; }
    [[nodiscard]] std::vector<Held> take() { return std::move(held_); }

    /// Why not all can be held, and what cannot be: no longer held.
    struct Unsettled {
        Error cause;
        std::vector<Written> lost;
    };
    /// Puts right what later writes disturbed. Gives back the checks among it, which nobody writes:
    /// they held once, and are no longer held. Errors: what is read no more, or does not stay.
    std::expected<std::vector<Change>, Unsettled> settle(Survey& survey,
                                                         const WriteOptions& options,
                                                         const Intend& intend);

  private:
    Result<std::vector<Held*>> disturbed(Survey& survey, std::vector<Change>& checks);
    static Status put_right(const std::vector<Held*>& disturbed, Survey& survey,
                            const WriteOptions& options, const Intend& intend);
    std::vector<Written> take_lost();

    std::vector<Held> held_;
    std::size_t writes_ = 0;
};

}  // namespace nanotune
