// nanotune status: what nanotune holds on this host, and what can be done next. Never writes.
#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../rows.hpp"
#include "../text.hpp"
#include "commands.hpp"
#include "service/freeze.hpp"

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
            return status.at_work.empty() ? Exit::refused : Exit::lock_or_timeout;
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

/// A command to paste, and what it does.
struct Step {
    std::string command;
    std::string_view what;
};

/// Undoing what changes links, queues or CPUs takes consent, which its plan tells.
Step undoing(const Context& context, const HostStatus& status, std::string_view what) {
    const bool is_known = status.interrupted.empty();
    const bool is_free = std::ranges::all_of(
        status.rows, [](const std::string& allow) { return allow.empty(); }, &Row::allow);
    return is_known && is_free ? Step{.command = context.command("rollback"), .what = what}
                               : Step{.command = context.command("rollback --plan"),
                                      .what = "shows what undoing it does and takes"};
}

/// Whether the profile that suits every host is installed.
bool has_base(const Context& context) {
    return std::ranges::any_of(context.surroundings().places.profiles,
                               [](const std::string& folder) {
                                   std::error_code error;
                                   return std::filesystem::exists(folder + "/base.toml", error);
                               });
}

/// The safe things to do from here.
std::vector<Step> next_steps(const Context& context, const HostStatus& status) {
    switch (status.state) {
        case HostState::clean:
            return has_base(context)
                       ? std::vector<Step>{{.command = context.command("plan base"),
                                            .what = "shows what a first profile would change"}}
                       : std::vector<Step>{{.command = context.command("list"),
                                            .what = "shows the settings that profiles may use"}};
        case HostState::tuned:
            return {{.command = context.command("verify"), .what = "tells whether it still stands"},
                    undoing(context, status, "undoes it")};
        case HostState::awaiting_confirmation:
            if (!status.is_guarded) {
                return {{.command = context.command("confirm"), .what = "keeps it"},
                        undoing(context, status, "takes it back")};
            }
            return {{.command = context.command("confirm"),
                     .what = "keeps it; otherwise it is rolled back"}};
        case HostState::degraded:
            return {{.command = context.command("verify"), .what = "shows what is not as wanted"},
                    undoing(context, status, "undoes the rest")};
        case HostState::overdue:
            return {undoing(context, status, "takes it back; it can no longer be confirmed")};
        case HostState::interrupted:
            return {undoing(context, status, "restores what was cut off")};
        case HostState::unknown:
            return {{.command = context.command("status"),
                     .what = status.at_work.empty() ? "tells what is held, as root"
                                                    : "tells what is held, once that has ended"}};
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

void print_drifted(const Screen& screen, const std::vector<Row>& rows) {
    if (rows.empty()) {
        return;
    }
    Table table({{.title = "DRIFTED", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "WAS", .may_wrap = true},
                 {.title = "IS", .may_wrap = true}});
    for (const Row& row : rows) {
        table.add({{row.setting}, {row.target.text()}, {row.before}, {row.got}});
        table.add_note(row.message);
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

/// What it does stands beside the command where there is room, and below it otherwise.
void add_step(Table& table, const Screen& screen, const Step& step) {
    constexpr std::size_t left = 12;  // of it
    const std::size_t width = screen.look().width;
    const std::size_t room = width == 0 ? 0 : width - std::min(width - 1, left);
    std::vector<std::string> lines = pasteable(step.command, room);
    if (const std::string whole = fmt::format("{}  {}", lines.back(), step.what);
        lines.size() == 1 && (room == 0 || columns_of(whole) <= room)) {
        lines.back() = whole;
    } else {
        lines.push_back(fmt::format("  {}", step.what));
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        table.add({{i == 0 ? "next" : "", Style::dim}, {lines[i]}});
    }
}

void print_status(const Context& context, const HostStatus& status) {
    const Screen& screen = context.screen();
    Table table({{.title = ""}, {.title = "", .may_wrap = true}});
    const auto add = [&table](std::string_view what, std::string text, Style style = Style::plain) {
        if (!text.empty()) {
            table.add({{std::string(what), Style::dim}, {std::move(text), style}});
        }
    };
    add("state", std::string(name_of(status.state)) + (status.frozen ? ", frozen" : ""),
        style_of(status.state));
    if (status.frozen) {
        add("frozen", text_of(*status.frozen), Style::warning);
    }
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
    for (const Step& step : next_steps(context, status)) {
        add_step(table, screen, step);
    }
    if (status.frozen && !status.frozen->by.empty()) {
        add_step(table, screen, {.command = context.command("thaw"), .what = "ends the freeze"});
    }
    if (!status.left.empty()) {
        add_step(table, screen,
                 {.command = context.command("rollback --force --plan"),
                  .what = "shows what would restore what rollback left"});
    }
    screen.table(table);
    if (screen.look().verbose && !status.rows.empty()) {
        print_held(screen, status);
    }
    print_drifted(screen, status.drifted);
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
        "read; 7 where another nanotune is in the middle of a change.",
    .run = run};

}  // namespace nanotune::cli
