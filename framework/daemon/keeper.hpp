// Keeps what is applied true without anybody looking: on the engine's thread, which it belongs to.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/drifts.hpp"
#include "daemon/look.hpp"
#include "daemon/returns.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/taking_in.hpp"
#include "service/watched.hpp"

namespace nanotune::daemon {

/// Called on the engine's thread.
struct KeeperEvents {
    std::function<void(DriftEvent)> drifted;
    std::function<void(Followed)> follows;
    std::function<void(std::string)> log;
};

class Keeper {
  public:
    using Clock = Drifts::Clock;

    /// The service must outlive it. `host` gives the host's file as it is at a look.
    Keeper(SharedService& service, std::function<HostFile()> host, KeeperEvents events)
        : service_(service), host_file_(std::move(host)), events_(std::move(events)) {}

    /// Something was applied, rolled back or found at the start: everything is looked at anew.
    void begin_anew(const Standing& status);
    /// Looks, says what has changed, and does what the host's file says of it.
    void look(const Look& look, const Standing& status);
    /// Where all is as it was applied, and nothing is owed to anybody: the polls go on by
    /// themselves, on a thread of their own, until one sees something else. Then, and before
    /// anything else is asked of it, `end_vigil`. What is told of it, on that thread, is what Vigil
    /// says. Whether they do.
    bool begin_vigil(std::function<void(Clock::time_point)> until, std::function<void()> over);
    void end_vigil();
    /// Until what nobody tells is to be looked at here; nothing for never.
    [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const;

    /// Whether a look has written, or tried to, since this was asked last: how the host stands is
    /// to be found out anew.
    [[nodiscard]] bool take_has_written() { return std::exchange(has_written_, false); }
    [[nodiscard]] bool has_drifted() const { return !drifts_.is_empty(); }
    [[nodiscard]] std::vector<Row> drifted(bool may_inspect = true) const {
        return drifts_.rows(may_inspect);
    }

  private:
    void learn_awaited();
    void take_in(const Look& look);
    void take_in_what_is_owed(bool is_poll);
    void bring_back(const std::set<std::string>& devices, Return how);
    void apply_again(const Consent& consent, const std::string& why);
    /// What is followed now; devices that are here, and were not at the look before.
    std::set<std::string> see(const Gaze& gaze, const Authors& authors);
    std::set<std::string> follow(const Gaze& gaze, Observation&& seen);
    void repair();
    [[nodiscard]] bool is_calm() const;
    void report(const Report& report, std::string_view why) const;
    void tell(const std::vector<DriftEvent>& events) const;
    /// What one look is about, besides what it was told.
    struct Turn {
        bool is_due = false;         ///< the poll
        bool is_whole = false;       ///< everything is looked at
        std::set<std::string> came;  ///< devices that get their own again
    };
    Turn begin_turn(const Look& look);
    void postpone(const Look& look, std::set<std::string> came);
    void serve(const Look& look, Turn turn);
    std::set<std::string> see_all(const Look& look, bool is_whole);

    SharedService& service_;
    std::function<HostFile()> host_file_;
    KeeperEvents events_;
    HostFile host_;
    Drifts drifts_;
    Followed followed_;
    Awaited awaited_;
    std::string complaint_;  ///< why nobody knows what that is
    bool is_anew_ = false;
    bool is_first_ = true;
    bool has_come_ = false;                      ///< something that was applied to just now
    std::optional<std::set<std::string>> here_;  ///< devices, as of the last look
    std::set<std::string> owed_;  ///< devices that came while nothing could be written
    std::optional<Clock::time_point> next_poll_;
    bool is_vigil_ = false;  ///< which takes the polls
    Returns returns_;
    TakingIn starts_{20, std::chrono::seconds(1)};     ///< of programs; no link bounces for them
    TakingIn arrivals_{20, std::chrono::seconds(30)};  ///< of devices that nobody has known
    bool has_written_ = false;
};

}  // namespace nanotune::daemon
