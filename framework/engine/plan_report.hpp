// Whole plans, and what must hold before the first write: consent, permission, a plan that was
// agreed on.
#pragma once

#include <array>
#include <set>

#include "engine/stage_plan.hpp"
#include "model/requests.hpp"
#include "model/resolved.hpp"

namespace nanotune {

/// The plan of each stage on the host as it is now.
struct WholePlan {
    std::array<Plan, std::size(all_stages)> stages;
    std::set<Key> wanted;  ///< every key of the profile

    /// All stages as one, with rows marked that an earlier stage's change makes unknown.
    [[nodiscard]] Plan joined(const ResolvedProfile& profile) const;
    [[nodiscard]] bool is_empty() const;
};

/// Problems of all stages at once.
[[nodiscard]] Checked<WholePlan> whole_plan(const ResolvedProfile& profile, const Catalog& catalog,
                                            const Ledger& ledger, Survey& survey,
                                            Rounded rounded = Rounded::is_settled);

/// One stage, on the host as it is now.
[[nodiscard]] Checked<Plan> plan_of_stage(Stage stage, Desires& desires, std::set<Key>& wanted,
                                          const Catalog& catalog, const Ledger& ledger,
                                          Survey& survey, Rounded rounded,
                                          const Foreseen& foreseen = {});
/// Whether the stage's plan would be another after a change of queues: one about the host and its
/// NICs as a whole would not.
[[nodiscard]] bool goes_by_queues(Stage stage, const ResolvedProfile& profile, const Plan& planned);

/// The place that the problem's message begins with; line 0 for none.
[[nodiscard]] Origin place_of(const Error& problem);
/// As an author reads: by file, in the order in which files come up, and line.
void sort_by_place(Problems& problems);

/// Changes that the operator has not allowed, each saying which word allows it. Checks are never
/// written.
[[nodiscard]] std::vector<Row> missing_consent(const std::vector<Change>& changes,
                                               const Consent& consent,
                                               const std::vector<Impact>& forbidden);

/// The fact of a candidate that could not be listed, so that nobody knows who depends on it.
inline constexpr std::string_view unlisted_fact = "unlisted";

/// What a change of the NIC that the operator depends on, or may depend on, needs besides; "" for
/// any other.
[[nodiscard]] std::string why_management(const Change& change);

/// What this process may not write, each naming the capability or mode.
[[nodiscard]] Problems missing_permissions(const std::vector<Change>& changes, Survey& survey);

/// The plan as a report: changes are not_done, checks that fail need a reboot or differ.
[[nodiscard]] Report report_of(const Plan& plan, std::string_view verb);

/// Whether the change is one that nanotune writes (not a check).
[[nodiscard]] bool is_written(const Change& change);
/// How a check that does not hold ends.
[[nodiscard]] Outcome failed_check(const Tunable& check);

}  // namespace nanotune
