// nanotune start: what a unit of systemd runs at boot.
#include <fmt/core.h>

#include "../context.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "commands.hpp"
#include "service/watched.hpp"

namespace nanotune::cli {

namespace {

Result<BootStep> step_of(const std::string& word) {
    if (word == "before-links") {
        return BootStep::before_links;
    }
    if (word == "after-links") {
        return BootStep::after_links;
    }
    return failure(ErrorCode::invalid,
                   fmt::format("start {}: expected before-links or after-links", word));
}

Ended run(Context& context) {
    NT_TRY(const BootStep step, step_of(context.arguments().operand(0)));
    NT_TRY(const auto service, context.service());
    auto* const here = dynamic_cast<SharedService*>(service.get());
    if (here == nullptr) {
        return std::unexpected(
            Failure({ErrorCode::busy, "a daemon runs: this host has booted already"}));
    }
    const Report report = here->start(step);
    const Screen& screen = context.screen();
    if (screen.look().json) {
        screen.raw(json_of(report));
        return status_of(report.exit);
    }
    print_failures(screen, report);
    print_notes(screen, report);
    if (report.exit == Exit::as_wanted && !report.rows.empty()) {
        screen.line(fmt::format("{} is applied: {}.", called(report.profile), tally(report)));
    }
    return status_of(report.exit);
}

}  // namespace

constinit const Command start_command = {
    .name = "start",
    .help = "apply what this host boots with; for units of systemd",
    .operands = {.usage = "before-links|after-links", .least = 1, .most = 1},
    .options = {},
    .run = run,
    .hidden = true,
    .acts = true};

}  // namespace nanotune::cli
