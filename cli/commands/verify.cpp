// nanotune verify: whether the host still is what was applied, or what a profile says. Never
// writes.
#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "../context.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
};

bool is_off(const Row& row) {
    return !is_success(row.outcome) && row.outcome != Outcome::unsupported;
}

/// What is of a process: others may run in its place.
bool has_ended(const Row& row) {
    return row.outcome == Outcome::gone &&
           (row.target.kind == "thread" || row.target.kind == "process" ||
            row.target.kind == "cgroup");
}

bool is_any(const Row&) {
    return true;
}

void print_rows(const Screen& screen, const Report& report, bool (*which)(const Row&)) {
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "WANTED", .may_wrap = true},
                 {.title = "GOT", .may_wrap = true},
                 {.title = "OUTCOME"},
                 {.title = "FROM", .may_wrap = true}});
    for (const RowGroup& group : grouped(report.rows, which)) {
        const Row& row = *group.first;
        const bool is_fine = !is_off(row);
        table.add({{row.setting},
                   {group.targets()},
                   {row.wanted},
                   {row.got.empty() ? "?" : row.got, is_fine ? Style::plain : Style::bad},
                   {std::string(name_of(row.outcome)), is_fine ? Style::dim : Style::bad},
                   {short_origin(row.origin), Style::dim}});
        if (!row.message.empty()) {
            table.add_note(row.message);
        }
    }
    screen.table(table);
}

void print_result(const Context& context, const Report& report, const ProfileRequest& applied,
                  const ProfileRequest* profile) {
    const Screen& screen = context.screen();
    print_rows(screen, report, screen.look().verbose ? is_any : is_off);
    for (const Error& problem : report.problems) {
        screen.error(problem);
    }
    print_notes(screen, report);
    const auto off = static_cast<std::size_t>(std::ranges::count_if(report.rows, is_off));
    if (report.exit == Exit::as_wanted && !report.rows.empty()) {
        const std::string name = called(report.profile);
        const std::string count = counted(report.rows.size(), "setting");
        screen.line(profile != nullptr
                        ? fmt::format("This host is as {} wants it: {}.", name, count)
                        : fmt::format("What {} set still stands: {}.", name, count),
                    Style::good);
    } else if (off > 0) {
        screen.line("");
        screen.line(fmt::format("{} of {} not as {} wants.", off,
                                counted(report.rows.size(), "setting"), called(report.profile)),
                    Style::bad);
    }
    if (profile == nullptr && std::ranges::any_of(report.rows, has_ended)) {
        screen.line("What has started since is compared by: " +
                    context.command("verify " + command_words(applied)));
    }
    if (is_for_later(report)) {
        return;  // what stands can be told once somebody else's work has ended
    }
    const bool names_no_profile = profile == nullptr && report.profile.empty();
    if (report.state == HostState::interrupted || report.state == HostState::overdue ||
        (report.exit == Exit::differs && names_no_profile)) {
        screen.line("Put it right with: " + context.command("rollback"));
    } else if (report.exit == Exit::differs) {
        const std::string consent = needed_consent(report);
        screen.line("Put it right with: " +
                    context.command(fmt::format(
                        "apply {}{}{}", command_words(profile != nullptr ? *profile : applied),
                        consent.empty() ? "" : " --allow ", consent)));
    }
    if (count_of(report.rows, Outcome::needs_reboot) > 0) {
        screen.line(
            "The kernel command line is printed by: " +
            context.command("boot " + command_words(profile != nullptr ? *profile : applied)));
    }
}

Ended run(Context& context) {
    std::optional<ProfileRequest> profile;
    if (!context.arguments().operands().empty()) {
        NT_TRY(profile, context.profile(context.arguments().operand(0)));
    } else if (context.arguments().has("set")) {
        return std::unexpected(Failure(Error{
            .code = ErrorCode::invalid,
            .message = "--set goes with a profile: nanotune verify PROFILE --set NAME=VALUE"}));
    }
    NT_TRY(const auto service, context.service());
    const Report report = service->verify(profile);
    if (context.look().json) {
        context.screen().raw(json_of(report));
    } else {
        const ProfileRequest applied{
            .name = report.profile,
            .overrides = profile ? std::vector<Override>() : service->status().overrides};
        print_result(context, report, applied, profile ? &*profile : nullptr);
    }
    return status_of(report.exit);
}

}  // namespace

constinit const Command verify_command = {
    .name = "verify",
    .help = "compare this host with what was applied, or with a profile",
    .operands = {.usage = "[PROFILE]", .least = 0, .most = 1},
    .options = options,
    .run = run};

}  // namespace nanotune::cli
