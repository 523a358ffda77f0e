// The one thread that owns the Engine: it works through what clients ask for, and takes back what
// was cut off or what nobody confirms, whether or not there is a bus.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/surroundings.hpp"
#include "daemon/agenda.hpp"
#include "daemon/alarm.hpp"
#include "daemon/home.hpp"
#include "daemon/job_profiles.hpp"
#include "daemon/keeper.hpp"
#include "daemon/look_times.hpp"
#include "daemon/metrics.hpp"
#include "daemon/snapshot.hpp"
#include "daemon/taking_back.hpp"

namespace nanotune::daemon {

/// Called on the engine's thread; `ended` also on that of who ends a job before it began.
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
    std::function<void()>
        rests;                   ///< after work, with nothing to do: others hold memory for it, too
    std::function<void()> over;  ///< stopped, and nothing follows
};

/// Its methods may be called from any one other thread; none of them waits for the engine.
class EngineThread {
  public:
    /// Moves into the state folder, and opens the engine, which forgets the devices that are told
    /// to be no more: `is_removed` is called on its threads. Errors: busy, naming who lives there;
    /// denied, io, not_found.
    static Result<std::unique_ptr<EngineThread>> open(
        cli::ServiceOptions options, EngineEvents events,
        std::function<bool(const DeviceIdentity&)> is_removed);
    /// Lets what changes the host come to its end first, an apply by being rolled back. Takes back
    /// what nobody has confirmed: nobody is left who would, at its time.
    ~EngineThread();
    EngineThread(const EngineThread&) = delete;
    EngineThread& operator=(const EngineThread&) = delete;
    EngineThread(EngineThread&&) = delete;
    EngineThread& operator=(EngineThread&&) = delete;

    /// How the host stands, before anybody may ask. Before `start`.
    [[nodiscard]] Snapshot first_look();
    /// Errors: exhausted, where no thread is to be had.
    [[nodiscard]] Status start();
    void submit(Work work);
    /// There is a reason to look at the host. It is added to those that wait already.
    void look_at(Look look);
    /// What waits ends at once, an apply under way is rolled back, everything else goes on.
    void cancel(std::uint64_t job);
    /// As the destructor, without waiting: `over` is told at the end. No job begins any more, and
    /// those that wait, or come, end at once.
    void stop();

  private:
    EngineThread(cli::ServiceOptions options, EngineEvents events, Alarm alarm);
    void run();
    std::optional<Agenda::Turn> next();
    bool await_work(std::unique_lock<std::mutex>& lock);
    void has_worked();
    bool rest(std::unique_lock<std::mutex>& lock);
    bool begin_vigil();
    void carry_out(const Work& work);
    void pass_time();
    [[nodiscard]] std::optional<Frozen> frozen_by_now() const;
    void watch(Look look);
    void look();
    bool keep_record();
    void tell(Snapshot now);
    void act_for_itself();
    void take_back(std::string_view why, Extent extent);
    void take_back();
    void end();
    [[nodiscard]] std::string session_address() const;

    cli::ServiceOptions options_;
    EngineEvents events_;
    std::unique_ptr<Home> home_;
    std::unique_ptr<SharedService> service_;
    std::unique_ptr<Keeper> keeper_;
    std::atomic<bool> is_cancelled_ = false;

    mutable std::mutex mutex_;
    Alarm alarm_;
    Agenda agenda_;
    bool is_vigil_over_ = false;
    std::uint64_t current_ = 0;
    bool is_stopping_ = false;
    std::string session_address_;

    // Of the engine's thread alone.
    JobProfiles profiles_;
    Actor actor_;  ///< for whom the job under way is
    Standing status_;
    std::string lost_record_;  ///< why what awaits confirmation is not on record, if it is not
    HostFile host_;
    Snapshot told_;
    LookTimes times_;
    /// After work, for which memory is held: until then somebody may ask for more.
    std::optional<LookTimes::Clock::time_point> rests_at_;
    /// For what is no poll's to see, as a freeze's end.
    std::optional<LookTimes::Clock::time_point> vigil_ends_at_;
    bool has_polled_ = false;  ///< memory is held for that, and nobody is about to ask for more
    bool is_anew_ = false;     ///< something was applied or rolled back since the last look
    std::thread thread_;
};

}  // namespace nanotune::daemon
