// Whether others still find a worker by its folder.
#pragma once

#include <chrono>
#include <optional>

#include <nanotune/error.hpp>

#include "worker/worker_folder.hpp"

namespace nanotune::worker {

/// What a keeper saw of its folder, look by look: one that is moved and comes back at once, or is
/// in the middle of it, is not lost. A value.
class FolderPresence {
  public:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] Clock::time_point next() const noexcept { return next_; }
    /// Whether it is lost: two looks in turn have not found it, a second one from the other.
    bool is_lost(bool is_found, Clock::time_point now) noexcept {
        const bool was_missed = is_missed_;
        is_missed_ = !is_found;
        next_ = now + between_looks;
        return is_missed_ && was_missed;
    }

  private:
    static constexpr std::chrono::seconds between_looks{1};

    Clock::time_point next_ = Clock::now() + between_looks;
    bool is_missed_ = false;
};

/// Which file is the memory of one worker, from its keeper's first sight of it. A value.
class OwnMemory {
  public:
    /// Whether what others find is this worker's; also where nobody can say, and where it has not
    /// said yet that it works and may be about to make its own.
    bool is_found(const Result<FoundMemory>& now, unsigned process, bool works) {
        if (!now) {
            return now.error().code != ErrorCode::not_found || !(own_ || works);
        }
        if (!own_ && now->process == process) {
            own_ = *now;
        }
        return own_ ? own_->device == now->device && own_->inode == now->inode : !works;
    }

  private:
    std::optional<FoundMemory> own_;
};

}  // namespace nanotune::worker
