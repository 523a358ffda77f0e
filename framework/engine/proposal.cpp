#include "engine/proposal.hpp"

#include <algorithm>
#include <iterator>

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
    for (const Plan& stage : whole_.stages) {
        std::ranges::copy(stage.warnings, std::back_inserter(report.notes));
    }
    std::ranges::copy(whole_.notes, std::back_inserter(report.notes));
    if (!request_.expected_plan.empty() && is_another_than_seen(report)) {
        return true;
    }
    if (Problems missing = missing_permissions(whole_.stages, survey_); !missing.empty()) {
        report = refused(std::move(report), std::move(missing));
        return true;
    }
    std::vector<Row> rows;
    for (const Plan& stage : whole_.stages) {
        std::ranges::move(missing_consent(stage.changes, request_.consent, profile_.forbidden),
                          std::back_inserter(rows));
    }
    if (rows.empty()) {
        return false;
    }
    report.rows = std::move(rows);
    report.exit = worse(report.exit, Exit::consent_missing);
    return true;
}

bool Proposal::is_another_than_seen(Report& report) const {
    Checked<WholePlan> seen = whole_;
    if (request_.strict) {  // what was written knows nothing of --strict
        seen = whole_plan(profile_, catalog_, ledger_, survey_);
        if (!seen) {
            report = refused(std::move(report), std::move(seen).error());
            return true;
        }
    }
    Report planned = report_of((*std::move(seen)).joined(profile_), "plan");
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

Report Proposal::as_found(Report report) && {
    report.rows = report_of(std::move(whole_).joined(profile_), "apply").rows;
    for (const Row& row : report.rows) {
        report.exit = worse(report.exit, exit_of(row.outcome));
    }
    return report;
}

}  // namespace nanotune
