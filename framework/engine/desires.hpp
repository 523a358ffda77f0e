// The profile on this host: which setting of which kernel object should hold what. Sections, globs,
// CPU words and rules all end here, as Desired rows without contradiction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/foreseen.hpp"
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

/// Asked when the CPUs matter for the first time.
using CpuSource = std::function<const CpuContext&()>;

/// What one stage should reach, as far as nothing is wrong.
struct StageDesires {
    std::vector<Desired> desired;  ///< at most one for each setting and target
    std::vector<Waiting> waiting;
    std::vector<std::string> warnings;  ///< what a person should know, though nothing is wrong
    Problems problems;
};

/// Of one pass over the stages, during which the host does not change.
class Desires {
  public:
    /// Both must outlive this.
    Desires(const ResolvedProfile& profile, Survey& survey) : profile_(profile), survey_(survey) {}

    /// Desires of the stage on the host as it is now. Problems: targets that do not exist, CPUs
    /// that the profile takes offline, contradictions between sections, misfits that rules found;
    /// all of them.
    /// What rules find wrong with devices that are not settled yet is only said, since it may not
    /// be so by then, unless lines of the profile clash.
    StageDesires of(Stage stage, const Foreseen& foreseen = {});

    /// The CPUs as the stage will find them, and their roles.
    Checked<CpuContext> context(Stage stage);

  private:
    /// With a CPU plan of all CPUs for every role where the profile's own is wrong, so that what
    /// else is wrong can be found.
    struct CpuFindings {
        CpuContext context;
        std::vector<std::string> warnings;
        Problems problems;
    };
    const CpuFindings& cpus_in(Stage stage);
    CpuFindings cpus_before();
    CpuFindings cpus_after(const CpuFindings& before);
    void compare_with_boot(CpuFindings& cpus);
    StageDesires collected(Stage stage, const CpuSource& cpus, const Foreseen& foreseen);

    const ResolvedProfile& profile_;
    Survey& survey_;
    std::optional<CpuFindings> before_;  ///< the topology stage
    std::optional<CpuFindings> after_;
};

}  // namespace nanotune
