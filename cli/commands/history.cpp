// nanotune history: what was done on this host, by whom, and what it came to. Never writes.
#include <charconv>

#include <fmt/core.h>

#include "../context.hpp"
#include "../history_text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "last", .value = "N", .help = "so many of the newest records (default 20)"},
};

constexpr std::size_t most = 100'000;

Result<std::size_t> count_of(const std::string& text) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count == 0 || count > most) {
        return failure(ErrorCode::invalid,
                       fmt::format("--last {}: expected a number from 1 to {}", text, most));
    }
    return count;
}

Ended run(Context& context) {
    NT_TRY(const std::size_t count, count_of(context.arguments().text("last", "20")));
    NT_TRY(const auto service, context.service());
    NT_TRY(const std::string lines, service->history(count));
    NT_TRY(const Deeds records, history_of(lines));
    if (context.look().json) {
        context.screen().raw(json_of(records));
    } else {
        print_history(context.screen(), records);
    }
    return 0;
}

}  // namespace

constinit const Command history_command = {
    .name = "history",
    .help = "what was done on this host, by whom, and what it came to",
    .options = options,
    .details =
        "With --verbose every setting that was changed. The oldest records go once there are "
        "about 2 MiB of them; a system's journal keeps its own (journalctl -t nanotune).",
    .run = run};

}  // namespace nanotune::cli
