// nanotune confirm: keeps what `apply --confirm` did.
#include "../context.hpp"
#include "../hint.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    const Report report = service->confirm();
    const Screen& screen = context.screen();
    if (screen.look().json) {
        screen.raw(json_of(report));
        return status_of(report.exit);
    }
    print_failures(screen, report);
    print_notes(screen, report);
    if (report.state == HostState::overdue) {
        print_error_hint(screen, "Take it back with", command_to_roll_back(context, *service));
    }
    if (report.exit == Exit::as_wanted) {
        screen.line(called(report.profile) + " stays applied.", Style::good);
    }
    return status_of(report.exit);
}

}  // namespace

constinit const Command confirm_command = {.name = "confirm",
                                           .help = "keep what apply --confirm did",
                                           .options = options,
                                           .run = run,
                                           .acts = true};

}  // namespace nanotune::cli
