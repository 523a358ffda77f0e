// What a change takes away beyond itself: read before it, put back after it, and known in the end.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "engine/carriers.hpp"
#include "engine/pauses.hpp"
#include "engine/stage_plan.hpp"
#include "engine/wanted.hpp"
#include "engine/writer.hpp"

namespace nanotune {

class Losses;

/// What is put on record before the change is written.
[[nodiscard]] record::Intent intent_of(const Change& change, Value before);
/// There is no such thing on this target, or no such target.
[[nodiscard]] bool is_absence(const Error& error);

/// Lives for one apply.
class SideEffects {
  public:
    /// All of them must outlive this.
    SideEffects(const Catalog& catalog, Survey& survey, Carriers& carriers)
        : catalog_(catalog), survey_(survey), carriers_(carriers) {}

    /// Values that the plan's changes reset on the same device (on any, where the change is of
    /// none), as they are now: is_side_effect changes from `before` to the same. What the plan
    /// itself sets is left out, and what is as its device has it, but where the ledger knows of it.
    /// What followed something that goes back to what it was before nanotune goes back as well.
    /// Workers that the changes pause are among them.
    Result<std::vector<Change>> of(const Plan& plan, const Ledger& ledger);

    /// These are about to be written: what went with a queue may come with them.
    void expect(const std::vector<Change>& changes);

    /// Ends workers among what is kept, once they are on record and before the first change.
    Status pause(const std::vector<Change>& kept);

    /// What nanotune changed earlier, and is not there now, but may come anew with the plan's
    /// changes (a queue): changes to what it was before nanotune. What is `wanted` is left out.
    Result<std::vector<Change>> absent(const Plan& plan, const Ledger& ledger,
                                       const Wanted& wanted);
    /// Those of them that are there after the changes, and came with another value: changes to what
    /// they were, as far as their CPUs are online.
    Result<std::vector<Change>> come_anew(std::vector<Change> absent);

    struct Followed {
        Key key;
        Row row;
    };
    struct PutBack {
        std::vector<Followed> followed;  ///< cannot be put back before the change is undone
        bool has_written = false;
    };
    /// After the changes: what they reset comes back. Errors: refused, naming the setting.
    Result<PutBack> put_back(std::vector<Change> kept);

    /// What could not be put back came to this, but for what is `wanted`: whoever finds something
    /// else at rollback knows that it is somebody else's.
    Result<std::vector<record::Intent>> came_to(const Wanted& wanted);

  private:
    Result<PutBack> put_back_at_once(std::span<const Change> kept);
    [[nodiscard]] Result<Value> reachable(const Desired& desired);
    Result<const std::vector<Candidate>*> found_on(const SettingRef& setting,
                                                   const std::string& device);
    Status add_parts(const Plan& plan, const Change& change, Losses& losses);
    Result<std::optional<Value>> held_by(const Change& change, const Target& target);
    Status add_stacked(const Change& change, Losses& losses);
    Status add_named_after(const Change& change, const Candidate& device, Losses& losses);

    const Catalog& catalog_;
    Survey& survey_;
    Carriers& carriers_;
    std::vector<Change> kept_;  ///< of all stages
    /// Those whose file went with its queue: none comes back by itself.
    std::set<std::size_t> gone_;
};

}  // namespace nanotune
