// nanotune apply: makes the host what the profile, or a saved plan, says.
#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
#include "../interruption.hpp"
#include "../json.hpp"
#include "../plan_diff.hpp"
#include "../plan_file.hpp"
#include "../progress.hpp"
#include "../report_text.hpp"
#include "../settlement.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
    {.name = "allow",
     .value = "WORDS",
     .help = "what changes may do besides: drops, bounces, moves, clock, management, all",
     .repeatable = true},
    {.name = "confirm",
     .value = "TIME",
     .help = "roll back unless nanotune confirm follows within TIME, and when this command dies"},
    {.name = "strict", .help = "a value that the driver rounds counts as refused"},
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

/// What is to be applied, and the plan that the operator saw, if one was saved.
struct Wanted {
    ProfileRequest profile;
    std::optional<SavedPlan> seen;
};

/// The command that writes the plan of the request to the file.
std::string plan_command(const Context& context, const ProfileRequest& request,
                         const std::string& file) {
    return context.command(
        fmt::format("plan {} --out {}", command_words(request), cli::shell_word(file)));
}

Result<Wanted> wanted(const Context& context) {
    const std::string name = context.arguments().operand(0);
    if (!is_plan(name)) {
        NT_TRY(auto profile, context.request_of(name));
        return Wanted{.profile = std::move(profile), .seen = {}};
    }
    NT_TRY(const std::string text, read_text_file(name, plan_size_limit));
    auto saved = saved_plan_of(text);
    if (!saved) {
        return std::unexpected(std::move(saved).error().within(name));
    }
    if (context.arguments().has("set")) {
        NT_TRY(const ProfileRequest with, context.profile(saved->request.name));
        ProfileRequest request = saved->request;
        std::ranges::copy(with.overrides, std::back_inserter(request.overrides));
        return failure(ErrorCode::invalid,
                       fmt::format("--set does not go with {}: a saved plan is applied as it is; "
                                   "make it again with: {}",
                                   name, plan_command(context, request, name)));
    }
    return Wanted{.profile = saved->request, .seen = *std::move(saved)};
}

Result<ApplyRequest> request_of(const Context& context) {
    ApplyRequest request;
    NT_TRY(request.consent, context.consent());
    request.strict = context.arguments().has("strict");
    NT_TRY(request.timeout, context.timeout());
    if (context.arguments().has("confirm")) {
        const std::string text = context.arguments().text("confirm");
        NT_TRY(const auto time, duration_of("--confirm", text));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
        if (time < std::chrono::seconds(1) || time > std::chrono::hours(24) || seconds != time) {
            return failure(
                ErrorCode::invalid,
                fmt::format("--confirm {}: expected whole seconds from 1s to 24h", text));
        }
        request.confirm_within = seconds;
    }
    return request;
}

/// Refuses where today's plan is not the one that was saved.
std::expected<void, Failure> check_unchanged(const Context& context, Service& service,
                                             const SavedPlan& seen) {
    const std::string file = context.arguments().operand(0);
    const Report today = service.plan(seen.request);
    if (!today.problems.empty()) {
        return std::unexpected(Failure(today.problems));
    }
    if (fingerprint_of(today) != seen.fingerprint) {
        Problems problems = differences(file, seen.plan, today);
        problems.push_back(
            {.code = ErrorCode::conflict,
             .message = fmt::format("{}: the profile or the host changed since this "
                                    "plan was made; nothing was touched; make it "
                                    "again with: {}",
                                    file, plan_command(context, seen.request, file))});
        return std::unexpected(Failure(std::move(problems)));
    }
    return {};
}

void print_follow_up(const Context& context, const Report& report) {
    const Screen& screen = context.screen();
    const std::string consent = consent_to_undo(report);
    if (report.state == HostState::awaiting_confirmation) {
        print_hint(screen, "Keep it with", context.command("confirm"));
        return;
    }
    print_hint(screen, "Check it with", context.command("verify"));
    print_hint(screen, "Undo it with", command_to_roll_back(context, RollbackRequest(), consent));
}

/// What an apply that is kept back needs, where anything helps.
void print_needed(const Context& context, const Report& report) {
    const std::string consent = needed_consent(report);
    if (is_barred(report)) {
        context.screen().error(
            "No --allow lets through what the profile itself forbids, or does not name exactly.");
    } else if (!consent.empty()) {
        print_error_hint(context.screen(), "Allow it with", context.again_allowing(consent));
    }
}

void print_what_next(const Context& context, Service& service, const Report& report,
                     const ProfileRequest& profile) {
    const Screen& screen = context.screen();
    const std::string name = called(report.profile);
    switch (report.exit) {
        case Exit::as_wanted:
        case Exit::reboot_needed:
            if (!report.changed) {
                screen.line(fmt::format("Nothing to do: {}.", tally(report)), Style::good);
                if (report.state == HostState::awaiting_confirmation) {
                    print_follow_up(context, report);
                }
            } else {
                screen.line(fmt::format("{} is applied: {}.", name, tally(report)), Style::good);
                print_follow_up(context, report);
            }
            if (report.exit == Exit::reboot_needed) {
                print_hint(screen, "The rest needs a reboot with another kernel command line",
                           context.command("boot " + command_words(profile)));
            }
            return;
        case Exit::differs:
            screen.error(fmt::format("{} is applied in part: {}.", name, tally(report)));
            print_follow_up(context, report);
            return;
        case Exit::rolled_back:
            screen.error(fmt::format(
                "{} is not applied; {}.", name,
                report.changed ? "what was left open before is rolled back, and nothing else is "
                                 "changed"
                               : "this host is as it was before"));
            return;
        case Exit::not_restored:
            screen.error(
                fmt::format("{} is not applied, and not everything is as it was before.", name));
            print_error_hint(screen, "See what is held with", context.command("status --verbose"));
            print_error_hint(
                screen, "Try again with",
                command_to_roll_back(context, RollbackRequest(), needed_consent(report)));
            return;
        case Exit::consent_missing:
            screen.error(fmt::format(
                "{} is not applied{}.", name,
                report.changed ? "; what was left open before is rolled back" : untouched(report)));
            print_needed(context, report);
            return;
        case Exit::refused:
        case Exit::lock_or_timeout:
            screen.error(fmt::format("{} is not applied{}.", name, untouched(report)));
            if (report.state == HostState::awaiting_confirmation && !is_for_later(report)) {
                print_error_hint(screen, "Keep what is applied with", context.command("confirm"));
                print_error_hint(screen, "Take it back with",
                                 command_to_roll_back(context, service));
            }
            return;
    }
}

Ended run(Context& context) {
    NT_TRY(const Wanted what, wanted(context));
    NT_TRY(ApplyRequest request, request_of(context));
    NT_TRY(auto service, context.service());
    if (what.seen) {
        NT_CHECK(check_unchanged(context, *service, *what.seen));
        request.expected_plan = what.seen->fingerprint;
    }
    std::optional<Guard> guard;
    std::uint64_t transaction = 0;
    if (request.confirm_within && !service->is_guard()) {
        NT_TRY(guard, Guard::start({.program = context.surroundings().program,
                                    .state_folder = context.state_folder(),
                                    .plugin_folder = context.plugin_folder(),
                                    .deadline = *request.confirm_within}));
        request.guard = guard->process();
        request.begins = [&](std::uint64_t id) {
            transaction = id;
            return guard->watch(id);
        };
    }
    Report report;
    {
        const Interruption interruption;
        ProgressLine progress(context.screen());
        request.progress = progress.sink();
        report = service->apply(what.profile, request);
    }
    if (guard) {
        settle(*guard, *service, request, transaction, report);
    } else if (request.confirm_within && !is_refused(report) &&
               report.state == HostState::awaiting_confirmation) {
        say_deadline(service->status(), request, report);
    }
    if (context.look().json) {
        context.screen().raw(json_of(report));
        context.surroundings().put_away(std::move(service));
        return status_of(report.exit);
    }
    if (report.exit != Exit::consent_missing) {
        print_changes(context.screen(), report, is_change, {});
    }
    print_failures(context.screen(), report);
    print_notes(context.screen(), report);
    print_what_next(context, *service, report, what.profile);
    context.surroundings().put_away(std::move(service));
    return status_of(report.exit);
}

}  // namespace

constinit const Command apply_command = {
    .name = "apply",
    .help = "make this host what a profile or a saved plan says",
    .operands = {.usage = "PROFILE|PLAN", .least = 1, .most = 1},
    .options = options,
    .details =
        "Only differences are written. If a change fails, what was done is rolled back. "
        "A saved plan (nanotune plan --out; a path) is refused when the profile or the host "
        "changed "
        "since. "
        "With --confirm a guard process rolls back at the deadline or when this command dies; "
        "it does not survive a shutdown, nor an end to everything in its control group.",
    .run = run,
    .acts = true};

}  // namespace nanotune::cli
