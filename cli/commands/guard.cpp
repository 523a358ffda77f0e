// nanotune guard: the process that `apply --confirm` starts. Not for people.
#include "../guard.hpp"

#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <fmt/core.h>
#include <syslog.h>

#include <nanotune/numbers.hpp>

#include "../context.hpp"
#include "../words.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr std::chrono::minutes lock_patience{10};

constexpr Option options[] = {
    {.name = "fd", .value = "NUMBER", .help = "the line to the command"},
    {.name = "deadline", .value = "TIME", .help = "how long to wait for the confirmation"},
};

/// Time asleep counts, a changed wall clock does not.
void sleep_through(std::chrono::seconds duration) {
    timespec until{};
    ::clock_gettime(CLOCK_BOOTTIME, &until);
    until.tv_sec += duration.count();
    while (::clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
}

Result<GuardLine> line_of(const std::string& text) {
    const auto number = whole_number<int>(text);
    if (!number || ::fcntl(*number, F_GETFD) < 0) {
        return failure(ErrorCode::invalid,
                       "nanotune guard is started by nanotune apply --confirm, not by hand");
    }
    return GuardLine::inherited(*number);
}

Ended run(Context& context) {
    NT_TRY(const GuardLine line, line_of(context.arguments().text("fd")));
    NT_TRY(const auto deadline, duration_of("--deadline", context.arguments().text("deadline")));
    const auto done =
        keep_guard(line, {.deadline = std::chrono::ceil<std::chrono::seconds>(deadline),
                          .service = [&context] { return context.service(lock_patience); },
                          .sleep = sleep_through});
    // Nobody reads this process's output.
    if (!done) {
        ::syslog(LOG_ERR, "guard: not rolled back: %s", done.error().message.c_str());
        return std::unexpected(Failure(done.error()));
    }
    if (!done->empty()) {
        ::syslog(LOG_WARNING, "%s", done->c_str());
    }
    return 0;
}

}  // namespace

constinit const Command guard_command = {
    .name = "guard",
    .help = "roll back an apply that nobody confirms; started by apply --confirm",
    .options = options,
    .run = run,
    .hidden = true,
    .acts = true};

}  // namespace nanotune::cli
