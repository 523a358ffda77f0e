// What who keeps a vigil and who waits for it share. It is there for as long as nothing happens on
// the host, so that it takes little memory: what would be thousands of small pieces is few bytes.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "engine/call_clock.hpp"
#include "engine/ledger.hpp"
#include "model/observation.hpp"
#include "model/vigil.hpp"

namespace nanotune {

/// What a look saw, to be told from what another one sees.
class Sight {
  public:
    explicit Sight(const Observation& seen);

    /// Whether something is otherwise than an apply left it.
    [[nodiscard]] bool has_changes() const { return has_changes_; }
    friend bool operator==(const Sight&, const Sight&) = default;

  private:
    std::string sum_;  ///< of all but the changes
    bool has_changes_;
};

/// Alive as long as the thread that looks, given up or not.
class VigilState {
  public:
    /// What is held of this ledger is looked at, and `before` is what the last look saw of it. A
    /// look has the budget.
    VigilState(Vigil vigil, const Ledger& recorded, Sight before, std::chrono::milliseconds budget);

    /// Whether that can be told from what is kept of it: not where a record is longer than any may
    /// be in a file.
    [[nodiscard]] bool holds_all() const { return held().active() != nullptr; }

    // On the thread that looks.

    /// Until the next look; false where it is to end instead.
    [[nodiscard]] bool await_look(CallClock& clock);
    [[nodiscard]] Ledger held() const;
    [[nodiscard]] std::chrono::milliseconds budget() const { return budget_; }
    /// What a look saw. False where it was the last.
    [[nodiscard]] bool saw(const Observation& seen, CallClock::Time now);

    // On the one that waits for it.

    /// No look begins any more.
    void end();
    /// After its end: when the next look would have been; nothing where something is otherwise.
    [[nodiscard]] std::optional<Vigil::Time> next();

  private:
    void say_until() const { vigil_.until(next_ + budget_); }

    const Vigil vigil_;
    const std::string held_;  ///< its records, framed
    const Sight before_;
    const std::chrono::milliseconds budget_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Vigil::Time next_;  ///< written on the thread that looks alone
    bool is_over_ = false;
    bool is_to_end_ = false;
};

}  // namespace nanotune
