#include "proof_text.hpp"

#include <array>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "../report_text.hpp"
#include "../text.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr std::array<std::pair<double, std::string_view>, 4> time_units = {
    {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};

Style style_of(Effect effect) {
    return effect == Effect::better  ? Style::good
           : effect == Effect::worse ? Style::warning
                                     : Style::dim;
}

void add_measured(Table& table, const std::string& title, const Measured& measured,
                  bool higher_is_better) {
    for (const Comparison& one : measured.comparisons) {
        table.add({{&one == measured.comparisons.data() ? title : ""},
                   {one.figure},
                   {amount(one.before, measured.unit)},
                   {amount(one.after, measured.unit)},
                   {difference_words(one, measured.unit, higher_is_better),
                    style_of(one.effect(higher_is_better))},
                   {interval_words(one, measured.unit)}});
    }
}

Table table_of(std::string_view what, std::string_view before, std::string_view after,
               double confidence) {
    return Table({{.title = std::string(what), .may_wrap = true},
                  {.title = "FIGURE"},
                  {.title = std::string(before)},
                  {.title = std::string(after)},
                  {.title = "DIFFERENCE", .may_wrap = true},
                  {.title = fmt::format("{:g} % INTERVAL", confidence * 100), .may_wrap = true}});
}

void print_left_out(const Screen& screen, const Proof& proof) {
    if (!proof.left_out.empty()) {
        Table table = table_of("LEFT OUT", "WITH", "WITHOUT", proof.confidence);
        for (const LeftOut& one : proof.left_out) {
            table.add_line(fmt::format("{}  ({})", one.part, one.origin), 0);
            for (const Measured& measured : one.measures) {
                add_measured(table, "  " + measured.name, measured, proof.higher_is_better);
            }
        }
        screen.line("");
        screen.table(table);
    }
    if (!proof.not_tried.empty()) {
        screen.line("");
        screen.line(
            fmt::format("Not left out by itself: {}.", counted(proof.not_tried.size(), "line")));
        for (const auto& [part, why] : proof.not_tried) {
            screen.detail(fmt::format("{}: {}", part, why));
        }
    }
}

}  // namespace

std::string amount(double value, std::string_view unit) {
    if (std::isinf(value)) {
        return value < 0 ? "-infinity" : "infinity";
    }
    if (unit != "ns") {
        return unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit);
    }
    for (const auto& [size, name] : time_units) {
        if (std::abs(value) >= size) {
            return fmt::format("{:.3g} {}", value / size, name);
        }
    }
    return fmt::format("{:.0f} ns", value);
}

std::string difference_words(const Comparison& comparison, std::string_view unit,
                             bool higher_is_better) {
    if (!comparison.is_difference()) {
        return "no difference";
    }
    const double by = comparison.difference.estimate;
    std::string words = (by > 0 ? "+" : "") + amount(by, unit);
    if (std::abs(comparison.before) > 0) {
        // Without a blank, at which a narrow column would break.
        const double percent = 100 * by / std::abs(comparison.before);
        words += fmt::format(" ({:+.{}f}%)", percent, std::abs(percent) < 10 ? 1 : 0);
    }
    return fmt::format("{}, {}", words, name_of(comparison.effect(higher_is_better)));
}

std::string interval_words(const Comparison& comparison, std::string_view unit) {
    return fmt::format("{} to {}", amount(comparison.difference.low, unit),
                       amount(comparison.difference.high, unit));
}

std::string verdict_words(const Proof& proof) {
    const Tally tally = tally_of(proof);
    const std::string name = called(proof.profile);
    const std::size_t all = tally.better + tally.worse + tally.same;
    if (tally.same == all) {
        return fmt::format("{} makes no difference that {} could show, in {}.", name,
                           counted(proof.rounds, "round"), counted(all, "figure"));
    }
    std::vector<std::string> parts;
    for (const auto& [count, what] : {std::pair(tally.better, "better"),
                                      {tally.worse, "worse"},
                                      {tally.same, "no different"}}) {
        if (count > 0) {
            const std::string of =
                parts.empty() ? fmt::format(" of {}", counted(all, "figure")) : "";
            parts.push_back(fmt::format("{}{} {} {}", count, of, count == 1 ? "is" : "are", what));
        }
    }
    return fmt::format("{} makes a difference: {}.", name, fmt::join(parts, ", "));
}

std::string method_words(const Proof& proof) {
    return fmt::format(
        "{}, before and after in an order drawn by lot (--seed {}); {:g} % confidence for {} "
        "together",
        counted(proof.rounds, "round"), proof.seed, proof.confidence * 100,
        counted(proof.comparisons, "comparison"));
}

void print_proof(const Screen& screen, const Proof& proof) {
    print_changes(screen, proof.applied, is_change, {});
    Table table = table_of("MEASURE", "BEFORE", "AFTER", proof.confidence);
    for (const Measured& measured : proof.measures) {
        add_measured(table, measured.name, measured, proof.higher_is_better);
    }
    if (proof.applied.changed) {
        screen.line("");
    }
    screen.table(table);
    print_left_out(screen, proof);
    for (const std::string& note : proof.notes) {
        screen.error("note: " + note);
    }
    screen.line("");
    screen.line(method_words(proof) + ".");
    screen.line(verdict_words(proof), Style::bold);
    screen.line("This host is as it was before: everything was rolled back.");
}

}  // namespace nanotune::cli::prove
