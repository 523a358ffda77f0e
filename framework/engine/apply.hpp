// One apply: stage after stage, intents before writes, results after them, and back to what was if
// it fails.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "engine/carriers.hpp"
#include "engine/engine.hpp"
#include "engine/holding.hpp"
#include "engine/side_effects.hpp"
#include "engine/state_folder.hpp"
#include "engine/undo.hpp"
#include "engine/whole_plan.hpp"
#include "engine/writer.hpp"

namespace nanotune {

/// Lives for one apply.
class Apply {
  public:
    Apply(const ResolvedProfile& profile, const ApplyRequest& request, const EngineParts& parts,
          Journal& journal, Survey& survey, Report report)
        : profile_(profile),
          request_(request),
          parts_(parts),
          journal_(journal),
          survey_(survey),
          report_(std::move(report)),
          carriers_(survey, carrier_wait(parts.cancelled)),
          side_effects_(parts.catalog, survey, carriers_) {}

    /// Writes what the plan says. The plan was checked, and is not empty or not the active profile.
    void run(WholePlan plan);
    /// A call in `run` has not returned: `cause` names it.
    void hangs(const Error& cause);
    /// Whether what `run` did is to be taken back.
    [[nodiscard]] bool has_failed() const { return has_failed_; }
    /// Undoes what `run` did, from whatever thread; can be begun again where a call in it hangs.
    void take_back();
    /// What was given at first, filled in.
    [[nodiscard]] Report& report() { return report_; }

  private:
    /// By both clocks, as the journal has it; 0 where nobody has to confirm.
    struct Deadline {
        std::uint64_t wall = 0;
        std::uint64_t boot = 0;
    };

    /// What a setting was before the first write of this apply.
    struct First {
        Value in_force;
        Value requested;
    };

    /// Errors: why the apply cannot go on.
    Status stages(WholePlan& plan);
    Status start(Plan& planned, const Status& so_far);
    std::vector<Change> take_those_that_wait(Plan& plan) const;
    void leave_out(const std::vector<Change>& changes);
    /// Errors: refused once the operator has stopped it.
    [[nodiscard]] Status goes_on() const;
    [[nodiscard]] bool goes_on_after(const Error& cause) const;
    Status stage(Stage one, Plan& planned);
    void leave_to_operator(Plan& plan) const;
    Result<Plan> as_of_now(Stage one, Plan& planned);
    [[nodiscard]] bool still_holds(Stage stage, const Plan& planned) const;
    Status claim(std::vector<Change> unchanged);
    void hold(std::vector<Change>& unchanged, Read read);
    void leave(const std::vector<Change>& overridden);
    [[nodiscard]] std::uint64_t continued() const;
    Status stage(Plan plan);
    Result<Status> leave_renamed(Plan& plan);
    Status give_back(std::vector<Change> absent);
    Status intend(const std::vector<Change>& changes);
    Status intend(const Change& change);
    Status write(std::vector<Change> changes, const std::vector<Change>& kept);
    Status put_back(std::vector<Change> kept);
    Status settle();
    void review_checks();
    Status record_held();
    void remember(const WholePlan& plan);
    [[nodiscard]] Value before(const Change& change) const;
    void see_since_first(Written& written) const;
    void follow_devices();
    [[nodiscard]] Deadline confirmation_deadline() const;
    Status finish(std::string how);
    void explain(const Error& cause);
    void fail(const Error& cause);
    void note(std::vector<Written> written);
    void doing(const std::string& what);
    [[nodiscard]] CarrierWait carrier_wait(const std::atomic<bool>* cancelled);

    const ResolvedProfile& profile_;
    const ApplyRequest& request_;
    const EngineParts& parts_;
    Journal& journal_;
    Survey& survey_;
    Report report_;
    Carriers carriers_;
    SideEffects side_effects_;
    std::optional<Undo> undo_;  ///< once it is taken back
    bool has_failed_ = false;
    Wanted wanted_;
    Holding held_;  ///< everything that the profile holds, with what it came to
    std::vector<std::pair<Key, HeldValue>> left_;  ///< held as before, as somebody else set it
    std::map<Spot, First, std::less<>> first_;
    std::vector<Row> others_;    ///< rows of what is not held: unsupported, waiting, returned
    std::vector<Row> failures_;  ///< what made the apply fail
    std::vector<Row> reviewed_;  ///< checks, as they ended
    std::vector<Change>
        checks_;  ///< checks that did not hold before the stage: looked at again at the end
    /// What changes made anew, so that later stages that go by it are planned again.
    bool queues_are_new_ = false;
    bool cpus_are_new_ = false;
    bool datapaths_pause_ = false;
    std::size_t done_ = 0;
    std::size_t total_ = 0;
};

/// RFC 3339 in UTC: "2026-11-22T12:34:56Z".
[[nodiscard]] std::string timestamp(std::chrono::system_clock::time_point when);

}  // namespace nanotune
