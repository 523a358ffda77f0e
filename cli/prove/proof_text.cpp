#include "proof_text.hpp"

#include <array>
#include <cmath>

#include <fmt/core.h>

#include "../report_text.hpp"
#include "../text.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr std::array<std::pair<double, std::string_view>, 4> time_units = {
    {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};

std::string percent(double part) {
    return fmt::format("{:.{}f} %", part, part < 10 ? 1 : 0);
}

void add_measured(Table& table, const std::string& title, const Measured& measured) {
    for (const Comparison& one : measured.comparisons) {
        table.add(
            {{&one == measured.comparisons.data() ? title : ""},
             {one.figure},
             {amount(one.before, measured.unit)},
             {amount(one.after, measured.unit)},
             {difference_words(one, measured.unit), one.is_difference() ? Style::bold : Style::dim},
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
                add_measured(table, "  " + measured.name, measured);
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

std::string difference_words(const Comparison& comparison, std::string_view unit) {
    if (!comparison.is_difference()) {
        return "no difference";
    }
    const double by = std::abs(comparison.difference.estimate);
    std::string words = fmt::format("{} by {}", comparison.difference.low > 0 ? "higher" : "lower",
                                    amount(by, unit));
    if (std::abs(comparison.before) > 0) {
        words += fmt::format(" ({})", percent(100 * by / std::abs(comparison.before)));
    }
    return words;
}

std::string interval_words(const Comparison& comparison, std::string_view unit) {
    return fmt::format("{} to {}", amount(comparison.difference.low, unit),
                       amount(comparison.difference.high, unit));
}

std::string verdict_words(const Proof& proof) {
    const Tally tally = tally_of(proof.measures);
    const std::string name = called(proof.profile);
    const std::size_t all = tally.lower + tally.higher + tally.same;
    if (tally.same == all) {
        return fmt::format("{} makes no difference that {} could show, in {}.", name,
                           counted(proof.rounds, "round"), counted(all, "figure"));
    }
    const std::size_t better = proof.higher_is_better ? tally.higher : tally.lower;
    return fmt::format("{} makes a difference: of {}, {} better, {} worse, {} no different.", name,
                       counted(all, "figure"), better, all - better - tally.same, tally.same);
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
        add_measured(table, measured.name, measured);
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
