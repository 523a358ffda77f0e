// nanotune history: what was done on this host, by whom, and what it came to. Never writes.
#include <algorithm>

#include "../context.hpp"
#include "../history_text.hpp"
#include "../words.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "last",
     .value = "N",
     .help = "so many of the newest lines, or with --json or --verbose records (default 20)"},
};

constexpr std::size_t most = 100'000;

Result<Deeds> records_of(Service& service, std::size_t count) {
    NT_TRY(const std::string lines, service.history(count));
    return history_of(lines);
}

/// So many lines; the oldest is whole, however many records it takes.
Result<std::vector<RecordedDeed>> lines_of(Service& service, std::size_t count) {
    for (std::size_t asked = count;; asked = std::min(asked * 8, most)) {
        NT_TRY(const Deeds records, records_of(service, asked));
        std::vector<RecordedDeed> lines = gathered(records.deeds);
        const bool is_all = records.deeds.size() < asked || asked == most;
        if (lines.size() > count || is_all) {
            const std::size_t kept = std::min(count, lines.size());
            lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kept));
            return lines;
        }
    }
}

Ended run(Context& context) {
    NT_TRY(const std::size_t count,
           number_within<std::size_t>("--last", context.arguments().text("last", "20"), 1, most));
    NT_TRY(const auto service, context.service());
    if (context.look().json) {
        NT_TRY(const Deeds records, records_of(*service, count));
        context.screen().raw(json_of(records));
        return 0;
    }
    std::vector<RecordedDeed> deeds;
    if (context.look().verbose) {
        NT_TRY(Deeds records, records_of(*service, count));
        deeds = std::move(records.deeds);
    } else {
        NT_TRY(deeds, lines_of(*service, count));
    }
    print_history(context.screen(), deeds, context.surroundings().name_of_user);
    return 0;
}

}  // namespace

constinit const Command history_command = {
    .name = "history",
    .help = "what was done on this host, by whom, and what it came to",
    .options = options,
    .details =
        "A run of prove is one line; with --verbose each of its records is one, and every setting "
        "that was changed is told. The oldest records go once there are "
        "about 2 MiB of them; a system's journal keeps its own (journalctl -t nanotune).",
    .run = run};

}  // namespace nanotune::cli
