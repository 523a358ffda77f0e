// The plan of all stages, each on what the ones before it leave.
#pragma once

#include <string>
#include <vector>

#include "engine/returns.hpp"
#include "engine/stage_plan.hpp"
#include "engine/wanted.hpp"
#include "model/resolved.hpp"

namespace nanotune {

/// The plan of each stage on the host as it is now.
struct WholePlan {
    /// As many as there are stages; on the heap, as it is handed on from one to the other.
    std::vector<Plan> stages = std::vector<Plan>(std::size(all_stages));
    Wanted wanted;                   ///< all of the profile
    std::vector<std::string> notes;  ///< what its changes disturb besides

    /// All stages as one, with rows marked that an earlier stage's change makes unknown.
    [[nodiscard]] Plan joined(const ResolvedProfile& profile) &&;
    [[nodiscard]] bool is_empty() const;
};

/// Problems of all stages at once.
[[nodiscard]] Checked<WholePlan> whole_plan(const ResolvedProfile& profile, const Catalog& catalog,
                                            const Ledger& ledger, Survey& survey,
                                            Rounded rounded = Rounded::is_settled);

/// One stage, on the host as it is now. `planned` learns what is wanted of settings that carry
/// others.
[[nodiscard]] Checked<Plan> plan_of_stage(Stage stage, Desires& desires, Wanted& wanted,
                                          const Returns& returns, const Ledger& ledger,
                                          Survey& survey, Rounded rounded, ByKey<Value>& planned,
                                          const Foreseen& foreseen = {});
/// Whether the stage's plan would be another after a change of queues: one about the host and its
/// NICs as a whole would not.
[[nodiscard]] bool goes_by_queues(Stage stage, const ResolvedProfile& profile, const Plan& planned);

}  // namespace nanotune
