// What an apply holds so far. A later write may disturb what was read before it: settling reads
// that once more, and puts it right once.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/writer.hpp"

namespace nanotune {

class Holding {
  public:
    /// Records what is about to be written again, and makes that survive this process.
    using Intend = std::function<Status(const std::vector<Change>&)>;

    void add(Written written) { held_.push_back(std::move(written)); }
    /// Something was, or is about to be, written: all that is held was read before it, and so were
    /// as many more that are about to be added.
    void precedes_write(std::size_t more = 0) { unread_since_write_ = held_.size() + more; }
    [[nodiscard]] const std::vector<Written>& all() const { return held_; }

    /// Puts right what later writes disturbed. Gives back the checks among it, which nobody writes:
    /// they held once, and are no longer held. Errors: what is read no more, or does not stay.
    Result<std::vector<Change>> settle(Survey& survey, const WriteOptions& options,
                                       const Intend& intend);

  private:
    Result<std::vector<Written*>> disturbed(Survey& survey, std::vector<Change>& checks);
    static Status put_right(const std::vector<Written*>& disturbed, Survey& survey,
                            const WriteOptions& options, const Intend& intend);

    std::vector<Written> held_;
    std::size_t unread_since_write_ = 0;  ///< so many of `held_` were read before the last write
};

}  // namespace nanotune
