// The daemon's side towards the bus, which may not be there, or be lost and come again: what there
// is to tell is kept meanwhile, and told to whoever asks then. Nothing else of the daemon waits for
// it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/front.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class BusSide {
  public:
    explicit BusSide(Front::Parts parts);

    /// Begins to connect and to own the name. Where that fails it is tried again for as long as the
    /// daemon lives: what that keeps needs no bus.
    void open();
    /// Whether clients reach it.
    [[nodiscard]] bool is_reached() const { return front_ && front_->has_name(); }
    /// What is to be waited for, and for how long.
    [[nodiscard]] Front::Wait wait() const;
    /// Handles what has come, or goes on connecting. Waits for nothing.
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
    void take_connection();
    void look_for_answer();
    void give_up(const Error& why);
    void complain(const Error& why, std::string_view next);

    Front::Parts parts_;
    Snapshot snapshot_;
    LastReport last_report_;
    std::vector<PluginInfo> plugins_;
    std::vector<Datapath> datapaths_;
    std::unique_ptr<Front> front_;
    std::shared_ptr<Descriptor> has_opened_;  ///< written to by who opens, who may outlive this
    std::optional<bus::Opening> opening_;
    Clock::time_point connect_at_;                ///< while nobody opens
    std::optional<Clock::time_point> answer_by_;  ///< until it is reached; then that is said
    std::chrono::seconds name_pause_{0};          ///< it was refused, and is asked for after that
    std::string complaint_;  ///< the last one; the same is not logged each second
};

}  // namespace nanotune::daemon
