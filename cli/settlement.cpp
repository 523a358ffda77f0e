#include "settlement.hpp"

#include <fmt/core.h>

#include "words.hpp"

namespace nanotune::cli {

namespace {

/// What there is to tell where confirm or another rollback came before the rollback at once.
void tell_overtaken(const HostStatus& before, const HostStatus& now, Report& report) {
    report.state = now.state;
    if (now.profile == report.profile && now.applied_at == before.applied_at) {
        report.notes.emplace_back(
            "the guard for --confirm was killed, but what is applied is confirmed since");
        return;
    }
    report.problems.push_back(
        {.code = ErrorCode::conflict,
         .message = "the guard for --confirm was killed, and somebody else has rolled back what "
                    "was applied"});
    report.rows.clear();
    report.changed = report.has_recovered;
    report.exit = Exit::rolled_back;
}

/// Nobody would roll it back at the deadline: it is done at once.
void settle_without_guard(Service& service, const HostStatus& before, const ApplyRequest& request,
                          std::uint64_t transaction, Report& report) {
    const Report undone = service.rollback(
        {.only = transaction, .consent = request.consent, .timeout = request.timeout});
    if (undone.exit == Exit::as_wanted && undone.profile.empty()) {
        tell_overtaken(before, service.status(), report);
        return;
    }
    const bool is_restored = undone.exit == Exit::as_wanted || undone.exit == Exit::rolled_back;
    const bool has_run = is_restored || undone.exit == Exit::not_restored;
    report.problems.push_back(
        {.code = ErrorCode::io,
         .message = has_run ? "the guard for --confirm was killed: rolled back at once, as nothing "
                              "would have done so at the deadline"
                            : "the guard for --confirm was killed: what is applied could not be "
                              "rolled back at once, and nothing does so at the deadline"});
    report.problems.insert(report.problems.end(), undone.problems.begin(), undone.problems.end());
    if (has_run) {
        report.rows = undone.rows;  // what was changed is so no more
        report.changed = report.has_recovered || !is_restored;
    }
    report.state = undone.state;
    report.exit = is_restored ? Exit::rolled_back : Exit::not_restored;
}

}  // namespace

bool is_refused(const Report& report) {
    return report.exit == Exit::refused || report.exit == Exit::lock_or_timeout ||
           report.exit == Exit::consent_missing;
}

void say_deadline(const HostStatus& status, const ApplyRequest& request, Report& report) {
    if (request.confirm_within) {
        report.notes.push_back(
            fmt::format("it will be rolled back at {} (in {}) unless it is confirmed before",
                        status.confirm_by, spoken(*request.confirm_within)));
    }
}

void settle(const Guard& guard, Service& service, const ApplyRequest& request,
            std::uint64_t transaction, Report& report) {
    if (report.state == HostState::interrupted && !is_refused(report)) {
        return;  // something hangs: the guard tries again when this command has ended
    }
    if (report.state != HostState::awaiting_confirmation || is_refused(report)) {
        guard.dismiss();
        return;
    }
    const HostStatus before = service.status();
    if (guard.await_confirmation()) {
        say_deadline(before, request, report);
        return;
    }
    settle_without_guard(service, before, request, transaction, report);
}

}  // namespace nanotune::cli
