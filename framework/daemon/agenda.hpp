// What the engine's thread has to do, and in which order: who only looks at the host, however
// often, keeps neither what is to be taken back in time nor the watch over drift from its turn.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "daemon/look.hpp"
#include "daemon/work.hpp"

namespace nanotune::daemon {

/// What time has come for.
enum class Due {
    nothing,
    look,       ///< at what nobody tells of
    take_back,  ///< or at least to see whether anything is
};

/// A value; who shares it has the lock.
class Agenda {
  public:
    using Clock = std::chrono::steady_clock;

    /// A job, a reason to look at the host, or what time has come for; or nothing of that.
    struct Turn {
        std::optional<Work> work = {};
        std::optional<Look> look = {};
        bool is_time = false;
    };

    /// What changes the host goes before what only looks.
    void add(Work work);
    /// Reasons to look become one.
    void add(Look look, Clock::time_point now);
    /// Whether the job still waited; now it does not.
    bool drop(std::uint64_t job);
    /// The jobs that still waited; now none does.
    std::vector<std::uint64_t> drop_all();
    [[nodiscard]] bool is_empty() const { return waiting_.empty() && !look_; }

    /// In this order: what may have to be taken back, a job that changes the host, a look that
    /// is due, at what has come, or that has waited for a while, a job that looks, a look; but
    /// after a look it is the job's turn.
    Turn take(Due due, Clock::time_point now);

  private:
    std::deque<Work> waiting_;
    std::optional<Look> look_;
    Clock::time_point look_since_;
    bool has_just_looked_ = false;
};

}  // namespace nanotune::daemon
