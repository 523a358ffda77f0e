// The workers of one datapath: a thread each, on a CPU of its own, with nothing in common but the
// switches.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <thread>
#include <vector>

#include <nanotune/error.hpp>

#include "options.hpp"
#include "runner.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

/// Threads that are there, each where it belongs, and wait for `go`; until the object ends, which
/// ends them.
class Team {
  public:
    /// What is referred to outlives the team. Takes nothing yet.
    Team(Runners runners, const std::atomic<bool>& stop)
        : runners_(std::move(runners)), stop_(stop) {}
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    Team(Team&&) = delete;
    Team& operator=(Team&&) = delete;
    ~Team();

    /// Puts each thread where it belongs, before rights are dropped. Errors: not_found, denied;
    /// conflict where real-time workers that never sleep would leave no CPU to anybody else.
    [[nodiscard]] Status settle(const WorkerOptions& options, Shared& shared);
    /// They take packets from now on, until `stop`.
    void go();
    /// Waits until all of them have ended, once `stop` is set. False: one has not come back from
    /// its strategy by then, and whoever waits for it waits for ever.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds patience) const;

    [[nodiscard]] const Runners& runners() const noexcept { return runners_; }

  private:
    struct Member {
        Status settled = {};
        std::atomic<bool> is_settled{false};
        std::atomic<bool> has_ended{false};
        std::thread thread = {};
    };
    void work(Member& member, std::size_t number, int priority, WorkerPart& part);

    Runners runners_;
    const std::atomic<bool>& stop_;
    std::deque<Member> members_;
    std::atomic<bool> may_go_{false};
    std::atomic<bool> is_given_up_{false};
};

}  // namespace nanotune::datapath
