// The daemon's side towards the bus, which may not be there, or be lost and come again: what there
// is to tell is kept meanwhile, and told to whoever asks then. Nothing else of the daemon waits for
// it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/front.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class BusSide {
  public:
    explicit BusSide(Front::Parts parts) : parts_(std::move(parts)) {}

    /// Connects and owns the name; where that fails it is tried again each second. Errors: what the
    /// bus said; denied: there is no point in that.
    nanotune::Status open();
    /// What is to be waited for, and for how long.
    [[nodiscard]] Front::Wait wait() const;
    /// Handles what has come, or connects again once it is time for that.
    void process();
    void close() { front_.reset(); }

    void show(const Snapshot& snapshot);
    void show(const LastReport& report);
    void show(const std::vector<PluginInfo>& plugins);
    void show(const std::vector<Datapath>& datapaths);
    void tell(const DriftEvent& event);
    /// Whether somebody may still read what a job came to that has ended since.
    [[nodiscard]] bool owes_answers(JobObject::Clock::time_point since) const {
        return front_ && front_->jobs().owe_answers(since);
    }
    /// nullptr where nobody is told of it now.
    [[nodiscard]] JobObject* job(std::uint64_t number);
    [[nodiscard]] DatapathObject* datapath(const std::string& name);

  private:
    using Clock = std::chrono::steady_clock;
    nanotune::Status connect(std::chrono::milliseconds patience);
    void complain(const Error& why);
    [[nodiscard]] int time_to_connect() const;

    Front::Parts parts_;
    Snapshot snapshot_;
    LastReport last_report_;
    std::vector<PluginInfo> plugins_;
    std::vector<Datapath> datapaths_;
    std::unique_ptr<Front> front_;
    std::optional<bus::Opening> opening_;  ///< while nobody has answered
    Clock::time_point connect_at_;
    std::string complaint_;  ///< the last one; the same is not logged each second
};

}  // namespace nanotune::daemon
