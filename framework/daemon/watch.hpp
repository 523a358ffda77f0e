// What the kernel tells by itself, gathered into looks: on the bus's thread, which waits for
// nobody.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "daemon/look.hpp"
#include "daemon/loss_pace.hpp"
#include "daemon/removed_devices.hpp"
#include "daemon/strangers.hpp"
#include "system/notices.hpp"

namespace nanotune::daemon {

class Watch {
  public:
    using Clock = std::chrono::steady_clock;

    /// Tells `removed`, which must outlive it, what has gone. Errors: those of Notices::open.
    static Result<Watch> open(RemovedDevices& removed);

    /// What is to be watched from now on.
    void follow(const Followed& followed);
    /// Takes what has come.
    void process(Clock::time_point now);
    /// What is to be looked at, once it is time for that.
    [[nodiscard]] std::optional<Look> due(Clock::time_point now);
    /// Until that, or until it listens again, in milliseconds (-1: more is listened for only).
    [[nodiscard]] int patience(Clock::time_point now) const;
    [[nodiscard]] int number() const { return notices_.number(); }
    /// What nobody tells here, each once.
    [[nodiscard]] std::vector<std::string> take_lacking() { return notices_.take_lacking(); }

  private:
    Watch(Notices notices, RemovedDevices& removed)
        : notices_(std::move(notices)), removed_(&removed) {}
    void take(const Notice& notice);
    void take_link(const Notice& notice);
    void take_stranger(const Notice& notice);
    void take_arrival(const std::string& device);
    void take_loss(Notice::Source source);
    [[nodiscard]] std::optional<Clock::time_point> next(Clock::time_point now) const;

    Notices notices_;
    RemovedDevices* removed_;
    Followed followed_;
    enum class Presence { gone, down, up };
    std::map<std::string, Presence> presence_;  ///< of devices that are followed, once told of
    Strangers strangers_;
    Look gathered_;
    Clock::time_point when_;  ///< it is due, where it is not empty
    Clock::time_point last_;
    Clock::time_point last_taken_;
    LossPace losses_;  ///< of programs that start
    Clock::time_point rests_until_;
};

/// "sysctl (process 123, user 0)"; "process 123" where it has ended; "unknown" for 0.
[[nodiscard]] std::string author_of(long process);

}  // namespace nanotune::daemon
