#include "certification_text.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

Style style_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::certified:
            return Style::good;
        case Verdict::clamped:
        case Verdict::pending:
        case Verdict::kept:
            return Style::plain;
        case Verdict::unsupported:
        case Verdict::not_tried:
            return Style::dim;
        case Verdict::refused:
            return Style::warning;
        case Verdict::contradicted:
        case Verdict::not_restored:
            break;
    }
    return Style::bad;
}

/// "ethtool" of "ethtool --show-ring eth0".
std::string program_of(const Trial& trial) {
    const bool was_heard = trial.verdict != Verdict::kept && !trial.said_before.empty();
    return was_heard ? trial.witness.substr(0, trial.witness.find(' ')) : std::string();
}

std::string plugin_of(const Trial& trial) {
    return trial.setting.substr(0, trial.setting.find('.'));
}

void add(Table& table, const Trial& trial, bool verbose) {
    table.add({{trial.setting},
               {trial.on},
               {trial.before},
               {trial.tried.empty() ? "" : "->"},
               {value_of(trial)},
               {program_of(trial)},
               {name_of(trial.verdict), style_of(trial.verdict)}});
    if (const std::string remark = remark_on(trial); !remark.empty()) {
        table.add_note(remark);
    }
    if (verbose && !program_of(trial).empty()) {
        table.add_note(fmt::format("{}: {}, then {}, then {}", trial.witness, trial.said_before,
                                   trial.said.empty() ? "?" : trial.said,
                                   trial.said_after.empty() ? "?" : trial.said_after));
    }
}

bool is_not_reached(const Trial& trial) {
    return trial.verdict == Verdict::not_tried && trial.message == not_reached;
}

/// All in one line: why is among the problems.
void print_unreached(const Screen& screen, const Certification& done) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(done.trials, is_not_reached));
    if (count > 0 && !screen.look().verbose) {
        screen.line(fmt::format("{} {} not reached; --verbose lists them.",
                                counted(count, "setting"), count == 1 ? "was" : "were"),
                    Style::dim);
    }
}

void print_lacking(const Screen& screen, const Certification& done) {
    if (done.count(Verdict::unsupported) == 0) {
        return;
    }
    const std::string what = counted(done.count(Verdict::unsupported), "setting");
    if (!screen.look().verbose) {
        screen.line(fmt::format("{} more {} not there, or cannot change; --verbose lists them.",
                                what, done.count(Verdict::unsupported) == 1 ? "is" : "are"),
                    Style::dim);
        return;
    }
    screen.line(fmt::format("Not there, or cannot change ({}):", what));
    Table table({{.title = "SETTING"}, {.title = "WHY", .may_wrap = true}});
    for (const Trial& trial : done.trials) {
        if (trial.verdict == Verdict::unsupported) {
            table.add({{trial.setting}, {trial.message, Style::dim}});
        }
    }
    screen.table(table);
}

}  // namespace

std::string subject_of(const Certification& done) {
    const std::string kernel = "Linux " + done.kernel;
    if (done.nic.empty()) {
        return fmt::format("this host: {}", kernel);
    }
    return done.driver.empty() ? fmt::format("{}: {}", done.nic, kernel)
                               : fmt::format("{}: {} on {}", done.nic, done.driver, kernel);
}

std::string kind_of(const Certification& done) {
    return done.nic.empty() ? "host" : done.driver.empty() ? done.nic : done.driver;
}

std::string tally_of(const Certification& done) {
    std::vector<std::string> parts;
    for (int i = 0; i < verdicts; ++i) {
        const auto verdict = static_cast<Verdict>(i);
        if (const std::size_t count = done.count(verdict);
            count > 0 && verdict != Verdict::unsupported) {
            parts.push_back(fmt::format("{} {}", count, name_of(verdict)));
        }
    }
    return fmt::format("{} of {} that {} has {} what {} should: {}", done.succeeded(),
                       counted(done.supported(), "setting"),
                       done.nic.empty() ? "this host" : done.nic,
                       done.succeeded() == 1 ? "does" : "do", done.succeeded() == 1 ? "it" : "they",
                       parts.empty() ? "none was tried" : joined(parts));
}

std::string value_of(const Trial& trial) {
    return trial.got.empty() || trial.got == trial.tried
               ? trial.tried
               : fmt::format("{} (of {})", trial.got, trial.tried);
}

std::string remark_on(const Trial& trial) {
    std::string remark = trial.verdict == Verdict::certified ? std::string() : trial.message;
    if (!trial.with.empty()) {
        remark = fmt::format("with {}{}{}", trial.with, remark.empty() ? "" : "; ", remark);
    }
    return remark;
}

void print_certification(const Screen& screen, const Certification& done,
                         std::string_view standing) {
    if (!done.kernel.empty()) {
        screen.line(subject_of(done), Style::bold);
        screen.line(fmt::format("{}: {}", kind_of(done), standing));
    }
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "ON", .may_wrap = true},
                 {.title = "BEFORE", .may_wrap = true},
                 {.title = "", .gap = 1},
                 {.title = "TRIED", .may_wrap = true, .gap = 1},
                 {.title = "SEEN BY"},
                 {.title = "OUTCOME"}});
    std::string plugin;
    const bool verbose = screen.look().verbose;
    for (const Trial& trial : done.trials) {
        if (trial.verdict == Verdict::unsupported || (is_not_reached(trial) && !verbose)) {
            continue;
        }
        if (plugin_of(trial) != plugin) {
            table.add_gap();
            plugin = plugin_of(trial);
        }
        add(table, trial, verbose);
    }
    if (!table.empty()) {
        screen.line("");
        screen.table(table);
        screen.line("");
    }
    print_lacking(screen, done);
    print_unreached(screen, done);
    for (const std::string& note : done.notes) {
        screen.line("note: " + note);
    }
    for (const Error& problem : done.problems) {
        screen.error(problem);
    }
    if (!done.trials.empty()) {
        screen.line(tally_of(done) + ".",
                    done.exit == Exit::as_wanted ? Style::good : Style::plain);
    }
}

}  // namespace nanotune::cli
