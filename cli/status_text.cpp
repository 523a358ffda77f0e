#include "status_text.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <ranges>

#include <fmt/core.h>

#include "hint.hpp"
#include "report_text.hpp"
#include "rows.hpp"
#include "service/freeze.hpp"
#include "text.hpp"

namespace nanotune::cli {

namespace {

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

/// What an apply did not reach is nothing that is held: the whole profile has to be compared.
Step comparing(const Context& context, const HostStatus& status) {
    const ProfileRequest applied{.name = status.profile, .overrides = status.overrides};
    return {.command = context.command(status.profile.empty() ? "verify"
                                                              : "verify " + command_words(applied)),
            .what = "shows what is not as wanted"};
}

/// Whether the profile that suits every host is installed.
bool has_base(const Context& context) {
    return std::ranges::any_of(context.surroundings().places.profiles,
                               [](const std::string& folder) {
                                   std::error_code error;
                                   return std::filesystem::exists(folder + "/base.toml", error);
                               });
}

/// What it takes a plan tells.
Step putting_right(const Context& context, const HostStatus& status) {
    const ProfileRequest applied{.name = status.profile, .overrides = status.overrides};
    return {.command = context.command("plan " + command_words(applied)),
            .what = "shows what an apply would put right"};
}

/// What another rollback does not end: what it left, and what nobody knows any more.
std::vector<Step> steps_from_degraded(const Context& context, const HostStatus& status) {
    if (!status.profile.empty() || !status.rows.empty()) {
        return {comparing(context, status), undoing(context, status, "undoes the rest")};
    }
    if (status.left.empty()) {
        return {{.command = context.command("rollback --all --force"),
                 .what = "takes what is lost as it is now, and forgets it"}};
    }
    if (std::ranges::any_of(status.left,
                            [](const Row& row) { return row.outcome == Outcome::away; })) {
        return {{.command = context.command("rollback"),
                 .what = "restores what is away, once it is back"},
                {.command = context.command("rollback --all --force"), .what = "forgets it"}};
    }
    return {};
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
            if (!status.drifted.empty()) {
                return {putting_right(context, status), undoing(context, status, "undoes it")};
            }
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
            return steps_from_degraded(context, status);
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

/// How many rows, or notes, stand under one title at most.
using Cap = std::ptrdiff_t;
constexpr Cap all_of_them = PTRDIFF_MAX;

void add_rest(Table& table, Cap count, Cap cap) {
    if (count > cap) {
        table.add_line(fmt::format("and {} more: --verbose shows them", count - cap), 0,
                       Style::dim);
    }
}

/// Where there is no room for a row.
Table only_counted(std::string_view title, std::size_t count) {
    Table table({{.title = ""}});
    table.add_line(fmt::format("{}: {}, --verbose shows them", title, count), 0, Style::warning);
    return table;
}

Table drifted(const std::vector<Row>& rows, Cap cap) {
    if (cap == 0) {
        return only_counted("DRIFTED", rows.size());
    }
    Table table({{.title = "DRIFTED", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "WAS", .may_wrap = true},
                 {.title = "IS", .may_wrap = true}});
    for (const Row& row : rows | std::views::take(cap)) {
        table.add({{row.setting}, {row.target.text()}, {row.before}, {row.got}});
        table.add_note(row.message);
    }
    add_rest(table, std::ssize(rows), cap);
    return table;
}

Table left(std::string_view title, const std::vector<Row>& rows, Cap cap) {
    const auto groups = grouped(rows, [](const Row&) { return true; });
    if (cap == 0) {
        return only_counted(title, groups.size());
    }
    Table table({{.title = std::string(title), .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "BASELINE", .may_wrap = true}});
    for (const RowGroup& group : groups | std::views::take(cap)) {
        table.add({{group.first->setting}, {group.targets()}, {group.first->before}});
        if (!group.first->message.empty()) {
            table.add_note(group.first->message);
        }
    }
    add_rest(table, std::ssize(groups), cap);
    return table;
}

/// What it does stands beside the command where there is room, and below it otherwise.
void add_step(Table& table, const Screen& screen, const Step& step) {
    constexpr std::size_t indent = 12;  // of it
    const std::size_t width = screen.look().width;
    const std::size_t room = width == 0 ? 0 : width - std::min(width - 1, indent);
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

Table two_columns() {
    return Table({{.title = ""}, {.title = "", .may_wrap = true}});
}

Table facts(const HostStatus& status, Cap cap) {
    Table table = two_columns();
    const auto add = [&table](std::string_view what, std::string text, Style style = Style::plain) {
        if (!text.empty()) {
            table.add({{std::string(what), Style::dim}, {std::move(text), style}});
        }
    };
    const bool has_drifted = !status.drifted.empty();
    add("state",
        fmt::format("{}{}{}", name_of(status.state), has_drifted ? ", drifted" : "",
                    status.frozen ? ", frozen" : ""),
        has_drifted && status.state == HostState::tuned ? Style::warning : style_of(status.state));
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
    for (const std::string& note : status.notes | std::views::take(cap)) {
        add("note", note);
    }
    if (const Cap count = std::ssize(status.notes); count > cap) {
        add("notes", fmt::format("{} more: --verbose shows them", count - cap));
    }
    return table;
}

void add_steps(Table& table, const Context& context, const HostStatus& status) {
    const Screen& screen = context.screen();
    if (status.frozen && !status.frozen->by.empty()) {
        add_step(table, screen, {.command = context.command("thaw"), .what = "ends the freeze"});
    }
    if (!status.left.empty()) {
        add_step(table, screen,
                 {.command = context.command("rollback --force --plan"),
                  .what = "shows what would restore what rollback left"});
    }
    // What is safest comes last, where the eye is.
    const std::vector<Step> next = next_steps(context, status);
    for (const Step& step : next | std::views::reverse) {
        add_step(table, screen, step);
    }
}

/// What can be done next stands last, in the first table where that is the only one.
std::vector<Table> status_tables(const Context& context, const HostStatus& status, Cap cap) {
    std::vector<Table> tables = {facts(status, cap)};
    if (!status.drifted.empty()) {
        tables.push_back(drifted(status.drifted, cap));
    }
    if (!status.left.empty()) {
        tables.push_back(left("LEFT BY ROLLBACK", status.left, cap));
    }
    if (!status.stranded.empty()) {
        tables.push_back(left("WITHOUT A PLUGIN", status.stranded, cap));
    }
    if (tables.size() > 1 || (context.look().verbose && !status.rows.empty())) {
        tables.push_back(two_columns());
    }
    add_steps(tables.back(), context, status);
    return tables;
}

std::size_t lines_of(const std::vector<Table>& tables, std::size_t width) {
    std::size_t lines = 0;
    for (const Table& table : tables) {
        lines += static_cast<std::size_t>(std::ranges::count(table.text(width, false), '\n'));
    }
    return lines + tables.size() - 1;  // blank lines between them
}

/// On a terminal all of it fits one screen, so that the next step is not missed.
std::vector<Table> fitting_tables(const Context& context, const HostStatus& status) {
    constexpr std::size_t screenful = 23;  // and the prompt
    const Look& look = context.look();
    Cap cap = all_of_them;
    std::vector<Table> tables = status_tables(context, status, cap);
    for (const Cap next : {8, 4, 2, 1, 0}) {
        if (look.verbose || look.width == 0 || lines_of(tables, look.width) <= screenful) {
            break;
        }
        tables = status_tables(context, status, next);
    }
    return tables;
}

}  // namespace

void print_status(const Context& context, const HostStatus& status) {
    const Screen& screen = context.screen();
    const std::vector<Table> tables = fitting_tables(context, status);
    for (std::size_t at = 0; at < tables.size(); ++at) {
        if (at > 0 && at + 1 == tables.size() && screen.look().verbose && !status.rows.empty()) {
            print_held(screen, status);
        }
        if (at > 0) {
            screen.line("");
        }
        screen.table(tables[at]);
    }
}

}  // namespace nanotune::cli
