// nanotune verify: whether the host still is what was applied, or what a profile says. Never
// writes.
#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
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
    {.name = "held",
     .help = "end with 2 also where nothing is applied, or nobody confirmed it yet"},
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

/// What no apply finds.
bool is_missing(const Row& row) {
    return row.outcome == Outcome::away || (row.outcome == Outcome::gone && !has_ended(row));
}

/// What is not as wanted, or not in force yet.
bool is_to_tell(const Row& row) {
    return is_off(row) || row.outcome == Outcome::pending;
}

bool is_any(const Row&) {
    return true;
}

/// What is not there yet has no value; of anything else it is not known.
std::string got_of(const Row& row) {
    return !row.got.empty() ? row.got : row.outcome == Outcome::pending ? "-" : "?";
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
        const Style style = is_off(row)                       ? Style::bad
                            : row.outcome == Outcome::pending ? Style::warning
                                                              : Style::dim;
        table.add({{row.setting},
                   {group.targets()},
                   {row.wanted},
                   {got_of(row), is_off(row) ? Style::bad : Style::plain},
                   {name_of(row.outcome), style},
                   {short_origin(row.origin), Style::dim}});
        if (!row.message.empty()) {
            table.add_note(row.message);
        }
    }
    screen.table(table);
}

void print_standing(const Screen& screen, const Report& report, bool is_of_profile) {
    const std::string name = called(report.profile);
    const std::string count = counted(report.rows.size(), "setting");
    const std::size_t pending = count_of(report.rows, Outcome::pending);
    const std::string yet =
        pending == 0 ? std::string() : fmt::format(", {} of them not in force yet", pending);
    if (pending > 0) {
        screen.line("");
    }
    screen.line(is_of_profile ? fmt::format("This host is as {} wants it: {}{}.", name, count, yet)
                              : fmt::format("What {} set still stands: {}{}.", name, count, yet),
                Style::good);
}

/// What the host is compared with: a profile that the operator names, or what is applied.
class Wanted {
  public:
    Wanted(Service& service, const Report& report, const std::optional<ProfileRequest>& named)
        : service_(service), report_(report), named_(named) {}

    [[nodiscard]] bool is_named() const { return named_.has_value(); }
    [[nodiscard]] bool is_nothing() const { return !named_ && report_.profile.empty(); }
    /// For a command line. What --set an apply was given its status alone tells, which looks at far
    /// more than that, and is asked for once.
    [[nodiscard]] const std::string& words() {
        if (words_.empty()) {
            words_ =
                command_words(named_ ? *named_
                                     : ProfileRequest{.name = report_.profile,
                                                      .overrides = service_.status().overrides});
        }
        return words_;
    }

  private:
    Service& service_;
    const Report& report_;
    const std::optional<ProfileRequest>& named_;
    std::string words_;  ///< "" until they are wanted
};

/// The way back to what is wanted, where there is one.
void print_what_helps(const Context& context, Service& service, const Report& report,
                      Wanted& wanted) {
    const Screen& screen = context.screen();
    const bool is_unfinished =
        report.state == HostState::interrupted || report.state == HostState::overdue;
    if (is_unfinished) {
        print_hint(screen, "Put it right with", command_to_roll_back(context, service));
    } else if (report.exit == Exit::differs && wanted.is_nothing()) {
        print_hint(screen, "What stands, and what to do next, is told by",
                   context.command("status"));
    } else if (report.exit == Exit::differs && report.state == HostState::awaiting_confirmation) {
        screen.line("No apply begins before what awaits confirmation is confirmed or taken back.");
        print_hint(screen, "Take it back with", command_to_roll_back(context, service));
    } else if (report.exit == Exit::differs && is_barred(report)) {
        screen.error(
            "No apply puts it right: the profile itself forbids what that takes, or does not name "
            "the device exactly.");
    } else if (report.exit == Exit::differs && std::ranges::any_of(report.rows, is_missing)) {
        screen.line("What is gone or away cannot be put right before it is back.");
    } else if (report.exit == Exit::differs && std::ranges::any_of(report.rows, is_off)) {
        print_hint(screen, "Put it right with",
                   command_to_apply(context, wanted.words(), needed_consent(report)));
    } else if (report.exit == Exit::differs && report.state == HostState::degraded) {
        print_hint(screen, "Try again with",
                   command_to_apply(context, wanted.words(), needed_consent(report)));
    }
    if (count_of(report.rows, Outcome::needs_reboot) > 0) {
        print_hint(screen, "The kernel command line is printed by",
                   context.command("boot " + wanted.words()));
    }
}

void print_result(const Context& context, Service& service, const Report& report, Wanted& wanted) {
    const Screen& screen = context.screen();
    print_rows(screen, report, screen.look().verbose ? is_any : is_to_tell);
    for (const Error& problem : report.problems) {
        screen.error(problem);
    }
    print_notes(screen, report);
    const auto off = static_cast<std::size_t>(std::ranges::count_if(report.rows, is_off));
    if (report.exit == Exit::as_wanted && !report.profile.empty()) {
        print_standing(screen, report, wanted.is_named());
    } else if (off > 0) {
        screen.line("");
        screen.line(fmt::format("{} of {} not as {} wants.", off,
                                counted(report.rows.size(), "setting"), called(report.profile)),
                    Style::bad);
    }
    if (!wanted.is_named() && std::ranges::any_of(report.rows, has_ended)) {
        print_hint(screen, "What has started since is compared by",
                   context.command("verify " + wanted.words()));
    }
    if (!wanted.is_named() && off == 0 && report.state == HostState::degraded &&
        !wanted.is_nothing()) {
        print_hint(screen, "Not all that was wanted was reached; what is missing is shown by",
                   context.command("verify " + wanted.words()));
    }
    if (!is_for_later(report)) {  // otherwise what stands can be told once that work has ended
        print_what_helps(context, service, report, wanted);
    }
}

/// What depends on a tuned host is not served by one that nothing was applied to.
Report held(Report report) {
    if (report.exit == Exit::as_wanted && report.state != HostState::tuned) {
        report.exit = Exit::differs;
        report.notes.push_back(fmt::format("this host is {}, and was expected to be {}",
                                           name_of(report.state), name_of(HostState::tuned)));
    }
    return report;
}

Ended run(Context& context) {
    std::optional<ProfileRequest> profile;
    const bool is_held = context.arguments().has("held");
    if (is_held && !context.arguments().operands().empty()) {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::invalid,
                          .message = "--held is about what is applied, whatever profile that is"}));
    }
    if (!context.arguments().operands().empty()) {
        NT_TRY(profile, context.profile(context.arguments().operand(0)));
    } else if (context.arguments().has("set")) {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::invalid,
                          .message = "--set goes with a profile, and none is named"}));
    }
    NT_TRY(auto service, context.service());
    const Report seen = service->verify(profile);
    const Report report = is_held ? held(seen) : seen;
    if (context.look().json) {
        context.screen().raw(json_of(report));
    } else {
        Wanted wanted(*service, report, profile);
        print_result(context, *service, report, wanted);
    }
    context.surroundings().put_away(std::move(service));
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
