// nanotune plan: what apply would change. Never writes to the host.
#include <algorithm>

#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "../text_file.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
    {.name = "out",
     .value = "FILE",
     .help = "also write the plan to FILE, for nanotune apply FILE"},
};

bool has_failed(const Report& plan) {
    return !plan.problems.empty() || plan.exit == Exit::refused ||
           plan.exit == Exit::lock_or_timeout;
}

bool is_to_do(const Row& row) {
    return row.outcome == Outcome::not_done || row.outcome == Outcome::pending;
}

bool comes_with_reboot(const Row& row) {
    return row.outcome == Outcome::needs_reboot;
}

/// What no apply of this plan puts right.
bool is_left(const Row& row) {
    return row.outcome == Outcome::overridden || row.outcome == Outcome::differs;
}

bool stays(const Row& row) {
    return row.outcome == Outcome::unchanged || row.outcome == Outcome::unsupported;
}

/// The file as apply takes it: a bare word would be a profile's name.
std::string operand_of(const std::string& file) {
    return file.empty() || file.contains('/') || file.ends_with(".json") ? file : "./" + file;
}

/// What stands before an apply of this plan, and how that is settled.
void print_what_is_first(const Context& context, Service& service, HostState state) {
    if (state == HostState::awaiting_confirmation) {
        context.screen().line(
            fmt::format("{} awaits confirmation, and no other apply begins before that.",
                        called(service.status().profile)),
            Style::bold);
        print_hint(context.screen(), "Keep it with", context.command("confirm"));
        print_hint(context.screen(), "Take it back with", command_to_roll_back(context, service));
        return;
    }
    context.screen().line("This is not what apply would find: something is to be taken back first.",
                          Style::bold);
    print_hint(context.screen(), "Take it back with", command_to_roll_back(context, service));
}

void print_what_next(const Context& context, Service& service, const SavedPlan& saved) {
    const Screen& screen = context.screen();
    const Report& plan = saved.plan;
    const std::string name = called(plan.profile);
    if (is_for_later(plan)) {
        return;  // what apply would find can be told once that has ended
    }
    if (has_failed(plan)) {
        const bool is_denied = plan.rows.empty() && !plan.problems.empty() &&
                               std::ranges::all_of(plan.problems, [](const Error& problem) {
                                   return problem.code == ErrorCode::denied;
                               });
        screen.error(is_denied ? fmt::format("{} was not looked at.", name)
                               : fmt::format("{} cannot be applied as it stands.", name));
        return;
    }
    if (plan.state == HostState::interrupted || plan.state == HostState::overdue ||
        plan.state == HostState::awaiting_confirmation) {
        print_what_is_first(context, service, plan.state);
    } else if (is_barred(plan)) {
        screen.error(
            fmt::format("{} cannot be applied as it stands: no --allow lets through what "
                        "the profile itself forbids, or does not name exactly.",
                        name));
    } else if (count_of(plan.rows, Outcome::not_done) > 0) {
        const std::string file = operand_of(context.arguments().text("out"));
        print_hint(screen, "Apply it with",
                   command_to_apply(
                       context, file.empty() ? command_words(saved.request) : cli::shell_word(file),
                       needed_consent(plan)),
                   Style::bold);
    } else if (plan.exit == Exit::as_wanted) {
        const std::size_t pending = count_of(plan.rows, Outcome::pending);
        screen.line(pending == 0 ? fmt::format("This host is as {} wants it: nothing to do.", name)
                                 : fmt::format("Nothing to do now; not in force yet: {}.",
                                               counted(pending, "setting")),
                    Style::good);
    }
    if (count_of(plan.rows, Outcome::needs_reboot) > 0) {
        print_hint(screen, "The kernel command line is printed by",
                   context.command("boot " + command_words(saved.request)));
    }
}

void print_plan(const Context& context, Service& service, const SavedPlan& saved) {
    const Screen& screen = context.screen();
    bool has_table = false;
    const auto table = [&](bool (*which)(const Row&), bool shows_outcome) {
        if (std::ranges::none_of(saved.plan.rows, which)) {
            return;
        }
        if (has_table) {
            screen.line("");
        }
        has_table = true;
        print_changes(screen, saved.plan, which,
                      {.before = "NOW", .after = "WANTED", .shows_outcome = shows_outcome});
    };
    table(is_to_do, false);
    table(is_left, true);
    table(comes_with_reboot, false);
    if (screen.look().verbose) {
        table(stays, true);
    }
    print_failures(screen, saved.plan);
    print_notes(screen, saved.plan);
    if (!saved.plan.rows.empty()) {
        if (has_table) {
            screen.line("");
        }
        screen.line(tally(saved.plan) + ".");
    }
    print_what_next(context, service, saved);
}

/// A plan of nanotune's, of whatever version, whether or not it can be applied.
constexpr OwnText a_plan = {.option = "--out",
                            .what = "a plan",
                            .limit = plan_size_limit,
                            .is_own = [](std::string_view text) {
                                const auto saved = saved_plan_of(text);
                                return saved || saved.error().code != ErrorCode::invalid;
                            }};

/// A plan that failed is none to apply. What stands in the file must not pass for it.
std::string not_written(const std::string& file, const Report& plan) {
    const auto there = read_text_file(file, plan_size_limit);
    return fmt::format("{}: not written, as {}{}", file,
                       is_for_later(plan)
                           ? "another nanotune is at work: what it does has no end yet"
                           : "this plan failed",
                       !there                  ? ""
                       : a_plan.is_own(*there) ? "; what stands there is an older plan"
                                               : "; what stands there is left");
}

Ended run(Context& context) {
    SavedPlan saved;
    if (context.arguments().has("out")) {
        NT_CHECK(may_be_written(context.arguments().text("out"), a_plan));
    }
    NT_TRY(saved.request, context.profile(context.arguments().operand(0)));
    NT_TRY(const auto service, context.service());
    saved.plan = service->plan(saved.request);
    saved.fingerprint = fingerprint_of(saved.plan);
    const std::string file = context.arguments().text("out");
    const bool is_kept_back = !file.empty() && has_failed(saved.plan);
    if (is_kept_back && context.look().json) {
        saved.plan.notes.push_back(not_written(file, saved.plan));
    } else if (!file.empty() && !is_kept_back) {
        NT_CHECK(write_text_file(file, json_of(saved)));
    }
    if (context.look().json) {
        context.screen().raw(json_of(saved));
    } else {
        print_plan(context, *service, saved);
        if (is_kept_back) {
            context.screen().error(not_written(file, saved.plan));
        }
    }
    return status_of(saved.plan.exit);
}

}  // namespace

constinit const Command plan_command = {
    .name = "plan",
    .help = "show what apply would change; writes nothing to the host",
    .operands = {.usage = "PROFILE", .least = 1, .most = 1},
    .options = options,
    .details =
        "PROFILE is a file (anything with a / or ending with .toml) or a name that is "
        "looked up in /etc/nanotune/profiles and in the profiles that came with nanotune.",
    .run = run};

}  // namespace nanotune::cli
