// nanotune freeze and thaw: keeps everybody from changing this host through nanotune.
#include <fmt/core.h>

#include "../context.hpp"
#include "../hint.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../words.hpp"
#include "commands.hpp"
#include "service/time_text.hpp"

namespace nanotune::cli {

namespace {

constexpr Option freezing[] = {
    {.name = "reason", .value = "TEXT", .help = "why; whoever is refused is told"},
    {.name = "until",
     .value = "TIME",
     .help = "thaw by itself then: 2h, 16:30, 2026-11-28T16:30:00Z"},
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

constexpr Option thawing[] = {
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

Ended shown(const Context& context, const Report& report, const std::string& done) {
    const Screen& screen = context.screen();
    if (screen.look().json) {
        screen.raw(json_of(report));
        return status_of(report.exit);
    }
    print_failures(screen, report);
    print_notes(screen, report);
    if (report.exit == Exit::as_wanted) {
        screen.line(done, Style::good);
    }
    return status_of(report.exit);
}

Ended freeze(Context& context) {
    FreezeRequest request{.reason = context.arguments().text("reason")};
    if (request.reason.empty()) {
        return std::unexpected(Failure(
            {ErrorCode::invalid, "freeze: --reason TEXT is missing: whoever is refused is told"}));
    }
    if (context.arguments().has("until")) {
        NT_TRY(request.until, moment_of("--until", context.arguments().text("until")));
    }
    NT_TRY(const auto service, context.service());
    const Report report = service->freeze(request);
    const Ended ended = shown(
        context, report,
        fmt::format("Frozen {}: nothing is changed through nanotune; only what nobody confirms is "
                    "still taken back.",
                    request.until ? "until " + time_text(*request.until) : "until it is thawed"));
    if (report.exit == Exit::as_wanted && !context.look().json) {
        print_hint(context.screen(), "End it with", context.command("thaw"));
    }
    return ended;
}

Ended thaw(Context& context) {
    NT_TRY(const auto service, context.service());
    const Report report = service->thaw();
    return shown(context, report, report.changed ? "Thawed." : "Nothing was frozen.");
}

}  // namespace

constinit const Command freeze_command = {
    .name = "freeze",
    .help = "refuse every change of this host until thaw",
    .options = freezing,
    .details =
        "Also after a reboot, and whoever asks. Only what nobody confirmed, or what was cut off, "
        "is still taken back. It ends once nobody is in the middle of a change.",
    .run = freeze,
    .acts = true};

constinit const Command thaw_command = {
    .name = "thaw", .help = "end a freeze", .options = thawing, .run = thaw, .acts = true};

}  // namespace nanotune::cli
