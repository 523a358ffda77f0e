// What a change takes away beyond itself: read before it, put back after it, and known in the end.
#pragma once

#include <set>
#include <vector>

#include "engine/carriers.hpp"
#include "engine/stage_plan.hpp"
#include "engine/writer.hpp"

namespace nanotune {

/// Lives for one apply.
class SideEffects {
  public:
    /// All of them must outlive this.
    SideEffects(const Catalog& catalog, Survey& survey, Carriers& carriers)
        : catalog_(catalog), survey_(survey), carriers_(carriers) {}

    /// Values that the plan's changes reset on the same device (on any, where the change is of
    /// none), as they are now: is_side_effect changes from `before` to the same. What the plan
    /// itself sets is left out.
    Result<std::vector<Change>> of(const Plan& plan);

    /// What nanotune changed earlier, and is not there now, but may come anew with the plan's
    /// changes (a queue): changes to what it was before nanotune. What is `wanted` is left out.
    Result<std::vector<Change>> absent(const Plan& plan, const Ledger& ledger,
                                       const std::set<Key>& wanted);
    /// Those of them that are there after the changes, and came with another value.
    Result<std::vector<Change>> come_anew(std::vector<Change> absent);

    struct PutBack {
        std::vector<Row> followed;  ///< cannot be put back before the change is undone
        bool has_written = false;
    };
    /// After the changes: what they reset comes back. Errors: refused, naming the setting.
    Result<PutBack> put_back(const std::vector<Change>& kept);

    /// What could not be put back came to this, but for what is `wanted`: whoever finds something
    /// else at rollback knows that it is somebody else's.
    Result<std::vector<record::Intent>> came_to(const std::set<Key>& wanted);

  private:
    class Losses;
    Status add_parts(const Plan& plan, const Change& change, Losses& losses);

    const Catalog& catalog_;
    Survey& survey_;
    Carriers& carriers_;
    std::vector<Change> kept_;  ///< of all stages
};

}  // namespace nanotune
