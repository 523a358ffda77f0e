// The page of a proof: one file, no scripts, nothing fetched.
#include <cmath>

#include <fmt/core.h>

#include "../html.hpp"
#include "../report_text.hpp"
#include "plots.hpp"
#include "proof_text.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr std::string_view proof_mark = R"(<meta name="generator" content="nanotune prove">)";

constexpr std::string_view proof_head =
    R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="nanotune prove">
<title>{0}</title>
<style>
:root {{ color-scheme: light dark; --before: #8c959f; --after: #0969da; --better: #1a7f37; --worse: #cf222e; --ink: #1f2328; }}
@media (prefers-color-scheme: dark) {{ :root {{ --before: #8b949e; --after: #539bf5; --better: #57ab5a; --worse: #f47067; --ink: #e6edf3; }} }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: .2rem; }}
h2 {{ font-size: 1.1rem; margin: 1.8rem 0 .2rem; }}
p {{ margin: .3rem 0; }}
table {{ border-collapse: collapse; margin-top: .8rem; width: 100%; }}
th, td {{ border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
th {{ font-size: .8rem; font-weight: 600; opacity: .7; }}
td {{ font-size: .9rem; }}
code {{ font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }}
.verdict {{ font-size: 1.1rem; font-weight: 600; }}
td.better {{ color: var(--better); font-weight: 600; }}
td.worse {{ color: var(--worse); font-weight: 600; }}
td.same {{ opacity: .6; }}
.table {{ overflow-x: auto; }}
.plots {{ display: flex; flex-wrap: wrap; gap: 1rem; }}
figure {{ flex: 1 1 24rem; margin: .5rem 0; max-width: 40rem; }}
figure.wide {{ max-width: 60rem; }}
figcaption {{ font-size: .8rem; opacity: .7; }}
svg {{ height: auto; width: 100%; }}
svg text {{ fill: var(--ink); font: 10.5px system-ui, sans-serif; }}
.grid {{ stroke: #8883; }}
.zero {{ stroke: var(--ink); }}
.pair {{ stroke: #8886; }}
polyline {{ fill: none; stroke-width: 2; }}
polyline.before {{ stroke: var(--before); }}
polyline.after {{ stroke: var(--after); }}
polygon.before {{ fill: var(--before); fill-opacity: .35; stroke: var(--before); }}
polygon.after {{ fill: var(--after); fill-opacity: .35; stroke: var(--after); }}
circle.before {{ fill: var(--before); }}
circle.after {{ fill: var(--after); }}
svg .better {{ fill: var(--better); stroke: var(--better); stroke-width: 2.5; }}
svg .worse {{ fill: var(--worse); stroke: var(--worse); stroke-width: 2.5; }}
svg .same {{ fill: #8889; stroke: #8889; stroke-width: 2.5; }}
.key::before {{ border-radius: .2rem; content: ""; display: inline-block; height: .7em; margin: 0 .4em 0 1em; width: .7em; }}
.key.before::before {{ background: var(--before); }}
.key.after::before {{ background: var(--after); }}
</style>
</head>
<body>
<h1>{0}</h1>
)";

std::string rows_of(const Measured& measured, bool higher_is_better) {
    std::string rows;
    for (const Comparison& one : measured.comparisons) {
        rows += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td>{}</td>"
            "</tr>\n",
            escaped(measured.name), one.figure, escaped(amount(one.before, measured.unit)),
            escaped(amount(one.after, measured.unit)), name_of(one.effect(higher_is_better)),
            escaped(difference_words(one, measured.unit, higher_is_better)),
            escaped(interval_words(one, measured.unit)));
    }
    return rows;
}

/// Wider than a small screen, it is moved by itself.
std::string table(std::string_view head, std::string_view rows) {
    return fmt::format("<div class=\"table\"><table>\n<tr>{}</tr>\n{}</table></div>\n", head, rows);
}

std::string figures_table(std::string_view before, std::string_view after, double confidence,
                          const std::string& rows) {
    return table(
        fmt::format("<th>MEASURE</th><th>FIGURE</th><th>{}</th><th>{}</th><th>DIFFERENCE</th>"
                    "<th>{:g} % INTERVAL</th>",
                    before, after, confidence * 100),
        rows);
}

void add_bars(std::vector<Bar>& bars, const std::string& prefix, const Measured& measured,
              bool higher_is_better) {
    for (const Comparison& one : measured.comparisons) {
        if (std::abs(one.before) > 0) {
            const double percent = 100 / std::abs(one.before);
            bars.push_back({.label = fmt::format("{}{}", prefix, one.figure),
                            .percent = {.estimate = one.difference.estimate * percent,
                                        .low = one.difference.low * percent,
                                        .high = one.difference.high * percent},
                            .effect = one.effect(higher_is_better)});
        }
    }
}

std::string settings_table(const Report& applied) {
    std::string rows;
    for (const Row& row : applied.rows) {
        if (is_change(row)) {
            rows += fmt::format(
                "<tr><td><code>{}</code></td><td>{}</td><td><code>{}</code></td><td><code>{}"
                "</code></td><td>{}</td></tr>\n",
                escaped(row.setting), escaped(row.target.text()), escaped(row.before),
                escaped(row.got), name_of(row.outcome));
        }
    }
    return rows.empty() ? "<p>It changes no setting of this host.</p>\n"
                        : table(
                              "<th>SETTING</th><th>TARGET</th><th>BEFORE</th><th>AFTER</th>"
                              "<th>OUTCOME</th>",
                              rows);
}

std::string left_out(const Proof& proof) {
    std::string rows;
    std::vector<Bar> bars;
    for (const LeftOut& one : proof.left_out) {
        rows += fmt::format("<tr><th colspan=\"6\"><code>{}</code> {}</th></tr>\n",
                            escaped(one.part), escaped(one.origin));
        for (const Measured& measured : one.measures) {
            rows += rows_of(measured, proof.higher_is_better);
            add_bars(bars, one.part.substr(0, one.part.find(" = ")) + " ", measured,
                     proof.higher_is_better);
        }
    }
    std::string out =
        "<h2>Each line left out by itself</h2>\n<p>What the profile loses without it; the line "
        "that makes the largest difference comes first.</p>\n";
    out += "<div class=\"plots\">" + intervals(bars) + "</div>\n";
    out += figures_table("WITH", "WITHOUT", proof.confidence, rows);
    if (!proof.not_tried.empty()) {
        out += "<details><summary>Lines that were not left out</summary>\n<ul>\n";
        for (const auto& [part, why] : proof.not_tried) {
            out += fmt::format("<li><code>{}</code> {}</li>\n", escaped(part), escaped(why));
        }
        out += "</ul></details>\n";
    }
    return out;
}

std::string plots_of(const Measured& measured) {
    return fmt::format(
        "<h2>{}</h2>\n<p><span class=\"key before\">before</span><span class=\"key after\">after"
        "</span></p>\n<div class=\"plots\">\n{}{}{}</div>\n",
        escaped(measured.name), histogram(measured), percentiles(measured), rounds_plot(measured));
}

constexpr std::string_view how_it_is_known =
    "<h2>How it is known</h2>\n<p>In each round every condition was measured once, in an order "
    "drawn by lot, and the profile was rolled back after each. Where it makes no difference, the "
    "signs of the rounds' differences are those of a fair coin, whatever drifts and however the "
    "noise is distributed; the intervals are of the means of their pairs (Hodges and Lehmann, by "
    "Wilcoxon's signed ranks, exact), each widened so that all comparisons together are wrong no "
    "more often than the confidence says (Bonferroni). \u201cNo difference\u201d means that the "
    "interval reaches over zero: what is smaller than its bounds could not have been seen.</p>\n";

}  // namespace

bool is_proof_page(std::string_view text) {
    return text.contains(proof_mark);
}

std::string html_of(const Proof& proof) {
    std::string page = fmt::format(proof_head, escaped("nanotune prove " + called(proof.profile)));
    page += fmt::format("<p class=\"verdict\">{}</p>\n<p>{}.</p>\n", escaped(verdict_words(proof)),
                        escaped(method_words(proof)));
    std::string rows;
    std::vector<Bar> bars;
    for (const Measured& measured : proof.measures) {
        rows += rows_of(measured, proof.higher_is_better);
        add_bars(bars, proof.measures.size() > 1 ? measured.name + " " : "", measured,
                 proof.higher_is_better);
    }
    page += figures_table("BEFORE", "AFTER", proof.confidence, rows);
    page += "<div class=\"plots\">" + intervals(bars) + "</div>\n";
    for (const Measured& measured : proof.measures) {
        page += plots_of(measured);
    }
    if (!proof.left_out.empty()) {
        page += left_out(proof);
    }
    page += "<h2>What was changed, and rolled back</h2>\n" + settings_table(proof.applied);
    for (const std::string& note : proof.notes) {
        page += fmt::format("<p>{}</p>\n", escaped(note));
    }
    page += how_it_is_known;
    return page + fmt::format("<p><small>nanotune " NANOTUNE_VERSION
                              " on {} (Linux {}), {}</small></p>\n</body>\n</html>\n",
                              escaped(proof.host), escaped(proof.kernel), escaped(proof.at));
}

}  // namespace nanotune::cli::prove
