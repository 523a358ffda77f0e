// A plan before its first write: whether it is the one that the operator saw, whether all of it is
// permitted and allowed, and whether there is anything to do.
#pragma once

#include <utility>

#include "engine/whole_plan.hpp"
#include "model/report.hpp"
#include "model/requests.hpp"

namespace nanotune {

/// Everything that it is made from must outlive it.
class Proposal {
  public:
    /// Problems: those of the plan.
    static Checked<Proposal> of(const ResolvedProfile& profile, const ApplyRequest& request,
                                const Catalog& catalog, const Ledger& ledger, Survey& survey);

    /// Whether something keeps it from being written; what, and the exit status, go into `report`.
    bool is_refused(Report& report) const;
    /// Whether the host is as the plan wants it, and the journal knows it as that.
    [[nodiscard]] bool is_in_force(HostState state) const;
    /// The report of an apply that has nothing to do.
    [[nodiscard]] Report as_found(Report report) &&;
    [[nodiscard]] WholePlan take() && { return std::move(whole_); }

  private:
    Proposal(const ResolvedProfile& profile, const ApplyRequest& request, const Catalog& catalog,
             const Ledger& ledger, Survey& survey, WholePlan whole)
        : profile_(profile),
          request_(request),
          catalog_(catalog),
          ledger_(ledger),
          survey_(survey),
          whole_(std::move(whole)) {}

    bool is_another_than_seen(Report& report) const;

    const ResolvedProfile& profile_;
    const ApplyRequest& request_;
    const Catalog& catalog_;
    const Ledger& ledger_;
    Survey& survey_;
    WholePlan whole_;
};

}  // namespace nanotune
