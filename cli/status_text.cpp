#include "status_text.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/core.h>

#include "hint.hpp"
#include "next_steps.hpp"
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
            table.add({{what, Style::dim}, {text, style}});
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
    for (const Step& step : next_steps(context, status)) {
        add_step(table, context.screen(), step);
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
