// The verbs. Knows neither TOML nor D-Bus nor any tunable's name: it works through the catalog's
// banks, and writes to the journal before it writes to the host.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/call_runner.hpp"
#include "engine/moment.hpp"
#include "engine/state_folder.hpp"
#include "model/catalog.hpp"
#include "model/plan.hpp"
#include "model/requests.hpp"
#include "model/resolved.hpp"
#include "model/vigil.hpp"

namespace nanotune {

/// The daemon of this state folder, which takes back in time what nobody confirms, whoever applied
/// it.
enum class DaemonHere {
    none,
    installed,  ///< once it is started
    running,
};

/// What the engine needs from its surroundings. Everything must outlive the engine.
struct EngineParts {
    const Catalog& catalog;
    const StateFolder& state;
    SystemFactory systems;
    /// For the journal's time stamps and the confirmation deadline.
    std::function<Moment()> now;
    std::string command;  ///< what holders of the lock are named by
    std::chrono::milliseconds lock_patience{0};
    std::chrono::milliseconds looking_time{60'000};  ///< for verbs that only look
    std::chrono::milliseconds least_undo_time{10'000};
    std::chrono::milliseconds carrier_patience{8'000};  ///< with the links that a stage takes away
    std::shared_ptr<CallClock> clock = std::make_shared<CallClock>();  ///< of calls
    /// Whoever runs this engine takes back in time what nobody confirms, whoever applied it.
    bool is_guard = false;
    const std::atomic<bool>* cancelled = nullptr;  ///< set by a signal: an apply rolls back
    /// Asked under the lock. Errors: frozen: why nothing may be changed now, but what was not
    /// confirmed or cut off may be taken back.
    std::function<Status()> may_write = [] { return Status(); };
    /// Asked where nobody else takes back what is not confirmed.
    std::function<DaemonHere()> daemon = [] { return DaemonHere::none; };

    /// Told under the lock, before anybody else gets it, what a verb has come to that had it: apply
    /// (with its profile), confirm, rollback and repair.
    std::function<void(Report&, const Ledger&, const ResolvedProfile*)> ends =
        [](Report& /*report*/, const Ledger& /*ledger*/, const ResolvedProfile* /*profile*/) {};

    /// Taking back has a time of its own, and enough of it however short that of the verb is.
    [[nodiscard]] std::chrono::milliseconds undo_time(std::chrono::milliseconds budget) const {
        return std::max(budget, least_undo_time);
    }
};

struct Gaze;
struct Observation;
struct RepairRequest;
class Observer;

/// Reads the profile that was applied once more.
using AppliedProfile = std::function<Checked<ResolvedProfile>(const ProfileRequest&)>;

/// One captured value.
struct Captured {
    SettingRef setting;
    Candidate candidate;
    Value value;
};

struct TrialGrounds;

/// One thread owns an Engine. Nothing throws. Every verb leaves the host and the journal in
/// agreement.
class Engine {
  public:
    explicit Engine(EngineParts parts);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    Engine(Engine&&) = delete;
    Engine& operator=(Engine&&) = delete;

    /// Never writes.
    Checked<Plan> plan(const ResolvedProfile& profile);
    /// What is wrong with a profile of which only `part` could be understood: `known`, and what
    /// this host finds wrong with that part and nothing in `known` can be the reason of. By lines.
    Problems all_problems(const ResolvedProfile& part, Problems known);
    /// The plan as a report: changes are not_done. Refused also where an apply would be, for what
    /// cannot be written even by root.
    Report planned(const ResolvedProfile& profile);
    /// Keeps the profile until the next apply, as a call that hangs may still look at it.
    Report apply(ResolvedProfile wanted, const ApplyRequest& request);
    Report confirm();
    /// `profile` against the host; what is held when it is nullptr. Never writes. `again` is asked
    /// where a process that is held has ended: the profile finds what has started in its place.
    Report verify(const ResolvedProfile* profile, const AppliedProfile& again = {});
    Report rollback(const RollbackRequest& request);
    Report rollback_plan(const RollbackRequest& request);
    HostStatus status();
    /// What is in force, as the journal alone says: its profile, that one's hash, and the state.
    [[nodiscard]] HostStatus in_force() const;
    /// What is held against the host, as far as the gaze goes. Never writes.
    Observation observe(const Gaze& gaze);
    /// Goes on looking as the last quiet look at everything did. Until `end_vigil` nothing else is
    /// to be asked. False where that saw nothing, or something that has changed.
    bool begin_vigil(Vigil vigil);
    /// When the next look would have been; now where something was otherwise. Errors: timed_out,
    /// naming what hangs.
    Result<Vigil::Time> end_vigil();
    /// What is brought about again by the next verb takes no memory any more.
    void forget();
    /// Writes again what an apply left, where something else is there now.
    Report repair(const RepairRequest& request);
    /// Every declared setting that this host has, on every target.
    Result<std::vector<Captured>> capture();
    /// What there is to try on the NIC of that name, or on the host where it is "". Never writes.
    Result<TrialGrounds> trial_grounds(const std::string& nic);

  private:
    struct ApplyRun;
    void apply_in_session(const std::shared_ptr<ApplyRun>& run);
    Report applied(ApplyRun& run);
    Problems not_permitted(const ResolvedProfile& profile, Error error);
    /// Work that only looks, within the time for that. Errors: timed_out, naming what hangs.
    Status looked(std::function<void()> work);
    /// What the journal says, in the names of today's plugins. Errors: those of StateFolder::view.
    [[nodiscard]] Result<JournalView> view() const;
    Report told(const Checked<Plan>& plan, const ResolvedProfile& profile,
                const Result<JournalView>& recorded);
    Status may_repair(const Ledger& ledger, Report& report) const;
    Report compared(const ResolvedProfile& profile, const Result<JournalView>& recorded);
    Report verify_profile(const ResolvedProfile& profile);
    Report verify_held(const AppliedProfile& again);
    Status compare_held(const Ledger& recorded, Report& report);
    void look_for_successors(const Applied& active, const AppliedProfile& again, Report& report);
    Ledger looked_at(const Ledger& recorded, HostStatus& status);
    void add_guard(const Applied& active, HostStatus& status) const;
    Checked<Plan> plan(const ResolvedProfile& profile, const Result<JournalView>& recorded);
    [[nodiscard]] Checked<Plan> plan_now(const ResolvedProfile& profile,
                                         const Result<JournalView>& view);
    Result<std::vector<Captured>> capture_now(Ledger ledger);

    EngineParts parts_;
    CallRunner calls_;
    std::shared_ptr<Observer> observer_;  ///< once somebody observes
    /// What the last apply used: taken apart once nobody waits for its answer any more.
    std::shared_ptr<ApplyRun> last_apply_;
};

}  // namespace nanotune
