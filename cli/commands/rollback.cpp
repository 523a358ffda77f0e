// nanotune rollback: undoes the last apply, or all of them.
#include <algorithm>

#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
#include "../interruption.hpp"
#include "../json.hpp"
#include "../progress.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "all", .help = "back to before nanotune first touched a setting this boot"},
    {.name = "plan", .help = "only show what would be done"},
    {.name = "force", .help = "also put back what somebody else changed since"},
    {.name = "allow",
     .value = "WORDS",
     .help = "what changes may do besides: drops, bounces, moves, clock, management, all",
     .repeatable = true},
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

Result<RollbackRequest> request_of(const Context& context) {
    const Arguments& arguments = context.arguments();
    RollbackRequest request{
        .all = arguments.has("all"), .force = arguments.has("force"), .consent = {}, .timeout = {}};
    NT_TRY(request.consent, context.consent());
    NT_TRY(request.timeout, context.timeout());
    return request;
}

/// What could not be restored, one a line on standard error. What is merely gone has a row.
void print_refused(const Screen& screen, const Report& report) {
    for (const Error& problem : report.problems) {
        screen.error(problem);
    }
    for (const Row& row : report.rows) {
        if (is_failure(row) && row.outcome != Outcome::gone && row.outcome != Outcome::away) {
            screen.error(failure_line(row));
        }
    }
}

void print_planned(const Context& context, const Report& report, const RollbackRequest& request) {
    const Screen& screen = context.screen();
    print_changes(screen, report, is_change,
                  {.before = "NOW", .after = "WANTED", .shows_outcome = false});
    print_refused(screen, report);
    print_notes(screen, report);
    if (is_for_later(report)) {
        return;
    }
    const std::size_t count = count_of(report.rows, Outcome::not_done);
    if (count == 0) {
        const bool is_known = report.problems.empty();
        screen.line(count_of(report.rows, Outcome::away) > 0
                        ? "Nothing can be rolled back before what is away is back."
                    : !is_known ? "What there is to roll back is not known."
                    : count_of(report.rows, Outcome::refused) > 0
                        ? fmt::format("Nothing can be rolled back: {}.", undo_tally(report))
                        : "Nothing to roll back.");
        return;
    }
    screen.line("");
    screen.line(undo_tally(report) + ".");
    print_hint(screen, "Do it with", command_to_roll_back(context, request, needed_consent(report)),
               Style::bold);
}

/// Where part of the journal is lost, only what is known can be rolled back.
void print_short_of_lost(const Context& context, Service& service, const Report& report,
                         const RollbackRequest& request) {
    const Screen& screen = context.screen();
    if (!request.all || !request.force) {
        screen.error(fmt::format("What is known is rolled back: {}; what was lost is not.",
                                 undo_tally(report)));
        print_error_hint(
            screen, "Take that as it is with",
            command_to_roll_back(context, service, {.all = true, .force = true, .consent = {}}));
    } else if (report.state == HostState::degraded) {
        screen.error(
            fmt::format("Not everything that is known is rolled back: {}.", undo_tally(report)));
    } else {
        screen.error(
            fmt::format("What is known is rolled back: {}; what was lost stays as it is, "
                        "and is forgotten now.",
                        undo_tally(report)));
    }
}

/// What is away may still hold what nanotune set.
void print_short_of_away(const Context& context, const Report& report,
                         const RollbackRequest& request) {
    const Screen& screen = context.screen();
    const bool is_forgotten = request.all && request.force;
    screen.error(fmt::format("Rolled back, but not what is away{}: {}.",
                             is_forgotten ? ", which is forgotten now" : "", undo_tally(report)));
    if (!is_forgotten) {
        print_error_hint(screen, "Once it is back, what undoing it does and takes is shown by",
                         context.command("rollback --plan"));
    }
}

/// How to restore what was left as somebody else set it.
void print_left(const Context& context, const Report& report, const RollbackRequest& request) {
    if (!request.force && count_of(report.rows, Outcome::overridden) > 0) {
        print_hint(context.screen(), "See what would restore that too with",
                   context.command("rollback --force --plan"));
    }
}

void print_done(const Context& context, Service& service, const Report& report,
                const RollbackRequest& request) {
    const Screen& screen = context.screen();
    if (report.exit != Exit::consent_missing || report.changed) {
        print_changes(screen, report, is_change, {});
    }
    print_refused(screen, report);
    print_notes(screen, report);
    switch (report.exit) {
        case Exit::as_wanted:
            if (report.changed) {
                screen.line(fmt::format("Rolled back: {}.", undo_tally(report)), Style::good);
            } else if (!report.rows.empty()) {
                screen.line(fmt::format("Nothing had to be put back: {}.", undo_tally(report)),
                            Style::good);
            } else if (!report.profile.empty()) {
                screen.line(fmt::format("Nothing had to be put back: {} had changed nothing.",
                                        report.profile),
                            Style::good);
            }
            print_left(context, report, request);
            return;
        case Exit::differs:
            print_short_of_away(context, report, request);
            return;
        case Exit::rolled_back:
            screen.error(
                fmt::format("Rolled back: {}; but it could not be recorded.", undo_tally(report)));
            return;
        case Exit::not_restored:
            if (std::ranges::any_of(report.problems, [](const Error& problem) {
                    return problem.code == ErrorCode::damaged;
                })) {
                print_short_of_lost(context, service, report, request);
                return;
            }
            screen.error(fmt::format("Not everything is rolled back: {}.", undo_tally(report)));
            print_error_hint(screen, "Try again with",
                             context.again_allowing(needed_consent(report)));
            return;
        case Exit::consent_missing:
            screen.error(report.changed
                             ? "Not everything is rolled back: only what was left open before is "
                               "rolled back."
                             : fmt::format("Not rolled back{}.", untouched(report)));
            if (const std::string consent = needed_consent(report); !consent.empty()) {
                print_error_hint(screen, "Allow it with", context.again_allowing(consent));
            }
            return;
        default:
            screen.error(report.changed ? "Not everything is rolled back."
                                        : fmt::format("Not rolled back{}.", untouched(report)));
    }
}

Ended run(Context& context) {
    NT_TRY(RollbackRequest request, request_of(context));
    NT_TRY(const auto service, context.service());
    const bool only_plan = context.arguments().has("plan");
    Report report;
    if (only_plan) {
        report = service->rollback_plan(request);
    } else {
        // A rollback is finished once it has begun.
        const Interruption interruption;
        ProgressLine progress(context.screen());
        request.progress = progress.sink();
        report = service->rollback(request);
    }
    if (context.look().json) {
        context.screen().raw(json_of(report));
    } else if (only_plan) {
        print_planned(context, report, request);
    } else {
        print_done(context, *service, report, request);
    }
    return status_of(report.exit);
}

}  // namespace

constinit const Command rollback_command = {
    .name = "rollback",
    .help = "undo the last apply, or all of them",
    .options = options,
    .details =
        "What somebody else changed since is left alone and reported, unless --force. "
        "An apply that was cut off is undone by this too.",
    .run = run,
    .acts = true};

}  // namespace nanotune::cli
