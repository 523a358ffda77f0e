// The page of a certification: one file, no scripts, nothing fetched.
#include <fmt/core.h>

#include "certification_text.hpp"
#include "html.hpp"

namespace nanotune::cli {

namespace {

constexpr std::string_view page_head =
    R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="nanotune certify">
<title>{0}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: .2rem; }}
p {{ margin: .3rem 0; }}
table {{ border-collapse: collapse; margin-top: 1.2rem; width: 100%; }}
th, td {{ border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
th {{ font-size: .8rem; font-weight: 600; opacity: .7; }}
code {{ font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }}
td {{ font-size: .9rem; }}
td:first-child code {{ white-space: nowrap; }}
small {{ display: block; max-width: 30rem; opacity: .75; }}
.outcome {{ border-radius: .6rem; font-size: .8rem; padding: .1rem .6rem; white-space: nowrap; }}
.good {{ background: #1a7f3733; }}
.fair {{ background: #9a670033; }}
.bad {{ background: #cf222e44; font-weight: 600; }}
.none {{ background: #8883; }}
</style>
</head>
<body>
<h1>{0}</h1>
)";

constexpr std::string_view generator = R"(<meta name="generator" content="nanotune certify">)";

std::string_view class_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::certified:
            return "good";
        case Verdict::clamped:
        case Verdict::pending:
        case Verdict::kept:
        case Verdict::refused:
            return "fair";
        case Verdict::unsupported:
        case Verdict::not_tried:
            return "none";
        case Verdict::contradicted:
        case Verdict::not_restored:
            break;
    }
    return "bad";
}

std::string small(std::string_view text) {
    return text.empty() ? std::string() : fmt::format("<small>{}</small>", escaped(text));
}

/// What a witness said; of a value that was refused only what is still there.
std::string said_in(const Trial& trial) {
    return trial.said.empty() ? trial.said_before
                              : fmt::format("{} \u2192 {} \u2192 {}", trial.said_before, trial.said,
                                            trial.said_after.empty() ? "?" : trial.said_after);
}

std::string row_of(const Trial& trial) {
    const std::string seen =
        trial.witness.empty() || trial.said_before.empty()
            ? std::string()
            : fmt::format("<code>{}</code>{}", escaped(trial.witness), small(said_in(trial)));
    return fmt::format(
        "<tr><td><code>{}</code>{}</td><td>{}</td><td><code>{}</code></td><td><code>{}</code></td>"
        "<td>{}</td><td><span class=\"outcome {}\">{}</span></td></tr>\n",
        escaped(trial.setting), small(remark_on(trial)), escaped(trial.on), escaped(trial.before),
        escaped(value_of(trial)), seen, class_of(trial.verdict), name_of(trial.verdict));
}

}  // namespace

bool is_certification_page(std::string_view text) {
    return text.contains(generator);
}

std::string html_of(const Certification& done, std::string_view standing) {
    std::string page = fmt::format(page_head, escaped("nanotune certify: " + subject_of(done)));
    page += fmt::format("<p>{}.</p>\n<p>{}: {}</p>\n", escaped(tally_of(done)),
                        escaped(kind_of(done)), escaped(standing));
    for (const Error& problem : done.problems) {
        page += fmt::format("<p class=\"bad\">{}</p>\n", escaped(problem.message));
    }
    page +=
        "<table>\n<tr><th>SETTING</th><th>ON</th><th>BEFORE</th><th>TRIED</th><th>SEEN BY: BEFORE "
        "\u2192 IN FORCE \u2192 ROLLED BACK</th><th>OUTCOME</th></tr>\n";
    std::string lacking;
    for (const Trial& trial : done.trials) {
        if (trial.verdict == Verdict::unsupported) {
            lacking += fmt::format("<tr><td><code>{}</code></td><td>{}</td></tr>\n",
                                   escaped(trial.setting), escaped(trial.message));
        } else {
            page += row_of(trial);
        }
    }
    page += "</table>\n";
    if (!lacking.empty()) {
        page += fmt::format(
            "<details><summary>{} settings that are not there, or cannot change</summary>\n"
            "<table>\n{}</table></details>\n",
            done.count(Verdict::unsupported), lacking);
    }
    return page + "<p><small>nanotune " NANOTUNE_VERSION "</small></p>\n</body>\n</html>\n";
}

}  // namespace nanotune::cli
