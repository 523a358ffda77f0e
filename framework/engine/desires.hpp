// The profile on this host: which setting of which kernel object should hold what. Sections, globs,
// CPU words and rules all end here, as Desired rows without contradiction.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/plan.hpp"
#include "model/resolved.hpp"

namespace nanotune {

/// What later stages build on: the CPUs that the plan leaves, and their roles.
struct CpuContext {
    Topology topology;
    CpuPlan plan;
    CpuSet taken_offline;  ///< by this profile
    Origin taken_by;
};

/// What one stage should reach.
struct StageDesires {
    std::vector<Desired> desired;  ///< at most one for each setting and target
    std::vector<Waiting> waiting;
};

class Desires {
  public:
    /// Both must outlive this.
    Desires(const ResolvedProfile& profile, Survey& survey) : profile_(profile), survey_(survey) {}

    /// Desires of the stage on the host as it is now. Problems: targets that do not exist, CPUs
    /// that the profile takes offline, contradictions between sections, misfits that rules found;
    /// all of them.
    /// `unsettled` names devices whose queues an earlier stage is still to change: what rules find
    /// wrong with those now is only said, since it may not be so by then.
    Checked<StageDesires> of(Stage stage, const std::set<std::string>& unsettled = {});

    /// The CPUs as the stage will find them, and their roles.
    Checked<CpuContext> context(Stage stage);

  private:
    Checked<StageDesires> collected(Stage stage, const CpuContext& context,
                                    const std::set<std::string>& unsettled);

    const ResolvedProfile& profile_;
    Survey& survey_;
};

}  // namespace nanotune
