#include "report_text.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/core.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

Style style_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::changed:
            return Style::good;
        case Outcome::adjusted:
        case Outcome::pending:
        case Outcome::overridden:
        case Outcome::needs_reboot:
            return Style::warning;
        case Outcome::refused:
        case Outcome::unmovable:
        case Outcome::gone:
        case Outcome::away:
        case Outcome::differs:
            return Style::bad;
        case Outcome::unchanged:
        case Outcome::unsupported:
        case Outcome::not_done:
            return Style::dim;
    }
    return Style::plain;
}

/// What is not known is "?"; what is not there yet has no value.
Cell value_cell(std::string_view value, const Row& row) {
    if (!value.empty()) {
        return {value};
    }
    return {row.outcome == Outcome::pending ? "-" : "?", Style::dim};
}

/// What the row came to, or is to come to; "" where nobody knows.
const std::string& after_of(const Row& row, const ChangeTitles& titles) {
    const bool is_as_wanted = row.got.empty() && !is_failure(row);
    return !titles.shows_outcome || is_as_wanted ? row.wanted : row.got;
}

void add_row(Table& table, const Row& row, std::string_view targets, const ChangeTitles& titles) {
    const Cell last = titles.shows_outcome ? Cell{name_of(row.outcome), style_of(row.outcome)}
                                           : Cell{name_of(row.impact), Style::warning};
    table.add({{row.setting},
               {targets},
               value_cell(row.before, row),
               {"->", Style::dim},
               value_cell(after_of(row, titles), row),
               last,
               {short_origin(row.origin), Style::dim}});
    // A failure is told below, with its place.
    if (!row.message.empty() &&
        (!is_failure(row) || row.outcome == Outcome::gone || row.outcome == Outcome::away)) {
        table.add_note(row.message);
    }
}

bool starts_a_plugin(const std::vector<RowGroup>& groups, std::size_t index) {
    return index > 0 && groups[index].plugin() != groups[index - 1].plugin();
}

}  // namespace

void print_changes(const Screen& screen, const Report& report, bool (*wanted)(const Row&),
                   const ChangeTitles& titles) {
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = std::string(titles.before), .may_wrap = true},
                 {.title = "", .gap = 1},
                 {.title = std::string(titles.after), .may_wrap = true, .gap = 1},
                 {.title = titles.shows_outcome ? "OUTCOME" : "IMPACT"},
                 {.title = "FROM", .may_wrap = true}});
    const std::vector<RowGroup> groups = grouped(report.rows, wanted);
    table.expect(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (starts_a_plugin(groups, i)) {
            table.add_gap();
        }
        if (screen.look().verbose) {
            for (const Row* row : groups[i].rows) {
                add_row(table, *row, row->target.text(), titles);
            }
        } else {
            add_row(table, *groups[i].first, groups[i].targets(), titles);
        }
    }
    screen.table(table);
}

void print_failures(const Screen& screen, const Report& report) {
    for (const Error& problem : report.problems) {
        screen.error(problem);
    }
    for (const Row& row : report.rows) {
        if (is_failure(row)) {
            screen.error(failure_line(row));
        }
    }
}

std::string_view untouched(const Report& report) {
    constexpr std::string_view words = "; nothing was touched";
    const bool is_said = std::ranges::any_of(
        report.problems, [&](const Error& problem) { return problem.message.contains(words); });
    return report.changed || is_said ? "" : words;
}

void print_notes(const Screen& screen, const Report& report) {
    for (const std::string& note : report.notes) {
        screen.line("note: " + note);
    }
}

namespace {

using OutcomeWords = std::array<std::pair<Outcome, std::string_view>, 13>;

/// The first count says what is counted where `noun` is given.
std::string counts_of(const Report& report, const OutcomeWords& words, std::string_view noun) {
    std::string text;
    for (const auto& [outcome, word] : words) {
        const std::size_t count = count_of(report.rows, outcome);
        if (count == 0) {
            continue;
        }
        if (outcome == Outcome::not_done) {
            text = counted(count, "change");
        } else if (text.empty() && !noun.empty()) {
            text = fmt::format("{} {}", counted(count, noun), word);
        } else {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
        }
    }
    return text.empty() ? "no settings" : text;
}

}  // namespace

std::string tally(const Report& report) {
    static constexpr OutcomeWords words = {{{Outcome::not_done, ""},
                                            {Outcome::changed, "changed"},
                                            {Outcome::adjusted, "adjusted by the driver"},
                                            {Outcome::pending, "pending"},
                                            {Outcome::differs, "different"},
                                            {Outcome::refused, "refused"},
                                            {Outcome::unmovable, "unmovable"},
                                            {Outcome::overridden, "left as somebody else set them"},
                                            {Outcome::gone, "gone"},
                                            {Outcome::away, "away"},
                                            {Outcome::needs_reboot, "to come with a reboot"},
                                            {Outcome::unchanged, "already as wanted"},
                                            {Outcome::unsupported, "unsupported here (optional)"}}};
    return counts_of(report, words, "");
}

std::string undo_tally(const Report& report) {
    static constexpr OutcomeWords words = {
        {{Outcome::not_done, ""},
         {Outcome::changed, "put back"},
         {Outcome::adjusted, "put back as near as the driver comes"},
         {Outcome::pending, "put back but not in force yet"},
         {Outcome::differs, "different"},
         {Outcome::refused, "that cannot be put back"},
         {Outcome::unmovable, "unmovable"},
         {Outcome::overridden, "left as somebody else set them"},
         {Outcome::gone, "gone with what they belonged to"},
         {Outcome::away, "away"},
         {Outcome::needs_reboot, "to come with a reboot"},
         {Outcome::unchanged, "already as they were before"},
         {Outcome::unsupported, "not there any more"}}};
    return counts_of(report, words, "setting");
}

namespace {

/// Whether it is one of a list with commas.
bool is_among(std::string_view word, std::string_view list) {
    return std::ranges::any_of(std::views::split(list, ','), [word](const auto& one) {
        return std::string_view(one.begin(), one.end()) == word;
    });
}

/// The words of --allow that the rows need, mildest first.
std::string consent_for(const Report& report, bool (*which)(const Row&)) {
    std::string words;
    for (const std::string_view word : {"drops", "bounces", "moves", "clock", "management"}) {
        const bool is_needed = std::ranges::any_of(report.rows, [&](const Row& row) {
            return !row.allow.empty() && which(row) && is_among(word, row.allow);
        });
        if (is_needed) {
            words += fmt::format("{}{}", words.empty() ? "" : ",", word);
        }
    }
    return words;
}

}  // namespace

std::string needed_consent(const Report& report) {
    return consent_for(report, [](const Row& row) {
        return row.outcome == Outcome::not_done || row.outcome == Outcome::differs ||
               row.outcome == Outcome::refused || row.outcome == Outcome::away;
    });
}

std::string consent_to_undo(const Report& report) {
    return consent_for(report, [](const Row& row) {
        return row.outcome == Outcome::changed || row.outcome == Outcome::adjusted ||
               row.outcome == Outcome::pending;
    });
}

bool is_barred(const Report& report) {
    return std::ranges::any_of(report.rows, &Row::is_barred);
}

bool is_for_later(const Report& report) {
    // What took too long, or could not get the lock, says so in a problem.
    return report.exit == Exit::lock_or_timeout && report.problems.empty();
}

bool is_change(const Row& row) {
    return row.outcome != Outcome::unchanged && row.outcome != Outcome::unsupported &&
           row.outcome != Outcome::needs_reboot;
}

bool is_failure(const Row& row) {
    return row.outcome == Outcome::refused || row.outcome == Outcome::unmovable ||
           row.outcome == Outcome::gone || row.outcome == Outcome::away;
}

std::string shell_word(std::string_view word) {
    constexpr std::string_view safe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (!word.empty() && word.find_first_not_of(safe) == std::string_view::npos) {
        return std::string(word);
    }
    std::string result = "'";
    for (const char c : word) {
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return result + "'";
}

std::string command_words(const ProfileRequest& request) {
    std::string words = shell_word(request.name);
    for (const Override& each : request.overrides) {
        words += " --set " + shell_word(each.name + "=" + each.value);
    }
    return words;
}

std::string called(std::string_view profile) {
    profile.remove_prefix(profile.rfind('/') == std::string_view::npos ? 0
                                                                       : profile.rfind('/') + 1);
    if (profile.ends_with(".toml")) {
        profile.remove_suffix(5);
    }
    return std::string(profile.empty() ? "the profile" : profile);
}

Status not_refused(const std::vector<PluginInfo>& plugins, std::string_view name) {
    const auto found =
        std::ranges::find(plugins, name.substr(0, name.find('.')), &PluginInfo::name);
    if (found == plugins.end() || found->refused.empty()) {
        return {};
    }
    return failure(ErrorCode::damaged,
                   fmt::format("plugin {} is refused: {}", found->name, found->refused));
}

}  // namespace nanotune::cli
