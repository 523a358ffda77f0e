// The one thread that owns the Engine: it works through what clients ask for, and takes back what
// was cut off or what nobody confirms, whether or not there is a bus.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/surroundings.hpp"
#include "daemon/keeper.hpp"
#include "daemon/metrics.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/taking_back.hpp"
#include "service/given_profile.hpp"
#include "system/storage/residence.hpp"

namespace nanotune::daemon {

/// What a job came to.
struct Answer {
    Report report;
    std::optional<HostStatus> status;  ///< of the verb status, which has no report
    std::string text;                  ///< of verbs that answer with one
};

/// One job's work on the engine's thread.
struct Work {
    std::uint64_t job = 0;
    bool is_urgent = false;  ///< changes the host: goes before what only looks
    std::vector<GivenFile> files;
    std::string session_address;
    Actor actor;
    std::function<Answer(Service&, const ProgressSink&)> run;
};

/// Called on the engine's thread.
struct EngineEvents {
    std::function<void(std::uint64_t job)> begun;
    std::function<void(std::uint64_t job, Progress)> progress;
    std::function<void(std::uint64_t job, Answer)> ended;
    std::function<void(Snapshot)> seen;
    std::function<void(std::vector<PluginInfo>)> installed;
    std::function<void(VerbEnd)> verb_ended;
    std::function<void(DriftEvent)> drifted;
    std::function<void(Followed)> follows;
    std::function<void(std::string)> log;
};

/// Its methods may be called from any one other thread; none of them waits for the engine.
class EngineThread {
  public:
    /// Moves into the state folder, and opens the engine. Errors: busy, naming who lives there;
    /// denied, io, not_found.
    static Result<std::unique_ptr<EngineThread>> open(cli::ServiceOptions options,
                                                      EngineEvents events);
    /// Lets what changes the host come to its end first, an apply by being rolled back.
    ~EngineThread();
    EngineThread(const EngineThread&) = delete;
    EngineThread& operator=(const EngineThread&) = delete;
    EngineThread(EngineThread&&) = delete;
    EngineThread& operator=(EngineThread&&) = delete;

    /// How the host stands, before anybody may ask. Before `start`.
    [[nodiscard]] Snapshot first_look();
    void start();
    void submit(Work work);
    /// There is a reason to look at the host. It is added to those that wait already.
    void look_at(Look look);
    /// What waits ends at once, an apply under way is rolled back, everything else goes on.
    void cancel(std::uint64_t job);

  private:
    EngineThread(cli::ServiceOptions options, EngineEvents events);
    /// What is to be done next: a job, a look at the host, or what time has come for; or nothing.
    struct Turn {
        std::optional<Work> work = {};
        std::optional<Look> look = {};
        bool is_time = false;
    };
    /// When jobs have ended since the last look.
    struct Jobs {
        std::chrono::steady_clock::time_point first;
        std::chrono::steady_clock::time_point last;
    };
    void run();
    std::optional<Turn> next();
    void carry_out(const Work& work);
    void watch(const Look& look);
    void look();
    void tell(Snapshot now);
    void take_back(std::string_view why, Extent extent);
    void take_back();
    void stay();
    void end();
    [[nodiscard]] ProfileSource profiles();
    [[nodiscard]] std::string session_address() const;
    /// Until it looks at the host by itself; nothing for never.
    [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const;

    cli::ServiceOptions options_;
    EngineEvents events_;
    std::optional<Residence> residence_;
    std::unique_ptr<SharedService> service_;
    std::unique_ptr<Keeper> keeper_;
    std::atomic<bool> is_cancelled_ = false;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Work> waiting_;
    std::optional<Look> look_;
    std::uint64_t current_ = 0;
    bool is_stopping_ = false;
    std::string session_address_;

    // Of the engine's thread alone.
    ProfileSource named_;  ///< by names alone
    ProfileSource given_;  ///< for the job under way
    ProfileSource kept_;   ///< as it was for the last apply, for who verifies what is held
    Actor actor_;          ///< for whom the job under way is
    HostStatus status_;
    Snapshot told_;
    std::optional<Jobs> jobs_;
    bool has_worked_ = false;  ///< and holds memory for it
    bool is_anew_ = false;     ///< something was applied or rolled back since the last look
    std::chrono::milliseconds pause_{0};  ///< until what is to be taken back is tried again
    std::thread thread_;
};

}  // namespace nanotune::daemon
