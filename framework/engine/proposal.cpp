#include "engine/proposal.hpp"

#include <fmt/format.h>

#include "engine/consent.hpp"
#include "engine/plan_report.hpp"
#include "engine/refusal.hpp"

namespace nanotune {

Checked<Proposal> Proposal::of(const ResolvedProfile& profile, const ApplyRequest& request,
                               const Catalog& catalog, const Ledger& ledger, Survey& survey) {
    NT_TRY(WholePlan whole, whole_plan(profile, catalog, ledger, survey, rounded_for(request)));
    return Proposal(profile, request, catalog, ledger, survey, std::move(whole));
}

bool Proposal::is_refused(Report& report) const {
    report.notes.insert(report.notes.end(), joined_.warnings.begin(), joined_.warnings.end());
    if (!request_.expected_plan.empty() && is_another_than_seen(report)) {
        return true;
    }
    if (Problems missing = missing_permissions(joined_.changes, survey_); !missing.empty()) {
        report = refused(std::move(report), std::move(missing));
        return true;
    }
    if (auto rows = missing_consent(joined_.changes, request_.consent, profile_.forbidden);
        !rows.empty()) {
        report.rows = std::move(rows);
        report.exit = worse(report.exit, Exit::consent_missing);
        return true;
    }
    return false;
}

bool Proposal::is_another_than_seen(Report& report) const {
    Plan seen = joined_;
    if (request_.strict) {  // what was written knows nothing of --strict
        auto whole = whole_plan(profile_, catalog_, ledger_, survey_);
        if (!whole) {
            report = refused(std::move(report), std::move(whole).error());
            return true;
        }
        seen = whole->joined(profile_);
    }
    Report planned = report_of(seen, "plan");
    if (fingerprint_of(planned) == request_.expected_plan) {
        return false;
    }
    report.rows = std::move(planned.rows);
    Error changed{
        .code = ErrorCode::conflict,
        .message = fmt::format("the plan is no longer the one that was written: the profile or the "
                               "host has changed since; {}",
                               report.changed ? "what was left open before is rolled back, and "
                                                "nothing else was touched"
                                              : "nothing was touched")};
    report = refused(std::move(report), {std::move(changed)});
    return true;
}

bool Proposal::is_in_force(HostState state) const {
    const Applied* active = ledger_.active();
    return whole_.is_empty() && !request_.confirm_within && active != nullptr &&
           active->profile_hash == profile_.hash && !active->is_degraded &&
           state == HostState::tuned;
}

Report Proposal::as_found(Report report) const {
    report.rows = report_of(joined_, "apply").rows;
    for (const Row& row : report.rows) {
        report.exit = worse(report.exit, exit_of(row.outcome));
    }
    return report;
}

}  // namespace nanotune
