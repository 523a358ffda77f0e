// nanotune status: what nanotune holds on this host, and what can be done next. Never writes.
#include <fmt/core.h>

#include "../context.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../rows.hpp"
#include "../text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

Exit exit_of(const HostStatus& status) {
    switch (status.state) {
        case HostState::clean:
        case HostState::tuned:
        case HostState::awaiting_confirmation:
            return Exit::as_wanted;
        case HostState::overdue:
        case HostState::degraded:
        case HostState::interrupted:
            return Exit::differs;
        case HostState::unknown:
            return Exit::refused;
    }
    return Exit::refused;
}

Style style_of(HostState state) noexcept {
    switch (state) {
        case HostState::clean:
            return Style::plain;
        case HostState::tuned:
            return Style::good;
        case HostState::awaiting_confirmation:
            return Style::warning;
        case HostState::overdue:
        case HostState::degraded:
        case HostState::interrupted:
        case HostState::unknown:
            return Style::bad;
    }
    return Style::plain;
}

/// The safe things to do from here, a command and what it does each.
std::vector<std::string> next_steps(const Context& context, const HostStatus& status) {
    const std::string rollback = context.command("rollback");
    switch (status.state) {
        case HostState::clean:
            return {context.command("plan PROFILE") + "  shows what a profile would change"};
        case HostState::tuned:
            return {context.command("verify") + "  tells whether it still stands",
                    rollback + "  undoes it"};
        case HostState::awaiting_confirmation:
            if (!status.is_guarded) {
                return {context.command("confirm") + "  keeps it", rollback + "  takes it back"};
            }
            return {context.command("confirm") + "  keeps it; otherwise it is rolled back"};
        case HostState::degraded:
            return {context.command("verify") + "  shows what is not as wanted",
                    rollback + "  undoes the rest"};
        case HostState::overdue:
            return {rollback + "  takes it back; it can no longer be confirmed"};
        case HostState::interrupted:
            return {rollback + "  restores what was cut off"};
        case HostState::unknown:
            return {context.command("status") +
                    "  tells what is held, as root, once nobody is at work"};
    }
    return {};
}

void print_held(const Screen& screen, const HostStatus& status) {
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "BASELINE", .may_wrap = true},
                 {.title = "WANTED", .may_wrap = true},
                 {.title = "GOT", .may_wrap = true}});
    for (const RowGroup& group : grouped(status.rows, [](const Row&) { return true; })) {
        const Row& row = *group.first;
        table.add({{row.setting}, {group.targets()}, {row.before}, {row.wanted}, {row.got}});
    }
    screen.line("");
    screen.table(table);
}

void print_left(const Screen& screen, std::string_view title, const std::vector<Row>& rows) {
    if (rows.empty()) {
        return;
    }
    Table table({{.title = std::string(title), .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "BASELINE", .may_wrap = true}});
    for (const RowGroup& group : grouped(rows, [](const Row&) { return true; })) {
        table.add({{group.first->setting}, {group.targets()}, {group.first->before}});
        if (!group.first->message.empty()) {
            table.add_note(group.first->message);
        }
    }
    screen.line("");
    screen.table(table);
}

void print_status(const Context& context, const HostStatus& status) {
    const Screen& screen = context.screen();
    Table table({{.title = ""}, {.title = "", .may_wrap = true}});
    const auto add = [&table](std::string_view what, std::string text, Style style = Style::plain) {
        if (!text.empty()) {
            table.add({{std::string(what), Style::dim}, {std::move(text), style}});
        }
    };
    add("state", std::string(name_of(status.state)), style_of(status.state));
    add("profile",
        status.profile.empty()
            ? ""
            : command_words({.name = status.profile, .overrides = status.overrides}),
        Style::bold);
    add("applied", status.applied_at);
    add("confirm by", status.confirm_by, Style::warning);
    add("cut off", status.interrupted, Style::bad);
    if (status.settings_held > 0) {
        add("holds", fmt::format("{} of {}", counted(status.settings_held, "setting"),
                                 status.applies == 1 ? "1 apply"
                                                     : fmt::format("{} applies", status.applies)));
    }
    for (const std::string& note : status.notes) {
        add("note", note);
    }
    for (const std::string& step : next_steps(context, status)) {
        add("next", step);
    }
    screen.table(table);
    if (screen.look().verbose && !status.rows.empty()) {
        print_held(screen, status);
    }
    print_left(screen, "LEFT BY ROLLBACK", status.left);
    print_left(screen, "WITHOUT A PLUGIN", status.stranded);
}

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    HostStatus status = service->status();
    for (const PluginInfo& plugin : service->plugins()) {
        if (!plugin.refused.empty()) {
            status.notes.push_back(
                fmt::format("plugin {} is refused: {}", plugin.name, plugin.refused));
        }
    }
    const Exit exit = exit_of(status);
    if (context.look().json) {
        context.screen().raw(json_of(status, exit));
    } else {
        print_status(context, status);
    }
    return status_of(exit);
}

}  // namespace

constinit const Command status_command = {
    .name = "status",
    .help = "what nanotune holds on this host, and what can be done next",
    .details =
        "With --verbose every held setting. Exit status 2 where an apply was cut off, went only "
        "half-way, or was not confirmed in time and is still there; 1 where the journal cannot be "
        "read.",
    .run = run};

}  // namespace nanotune::cli
