// nanotune status: what nanotune holds on this host, and what can be done next. Never writes.
#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "../context.hpp"
#include "../datapath_notes.hpp"
#include "../json.hpp"
#include "../status_text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

Exit exit_of(const HostStatus& status) {
    switch (status.state) {
        case HostState::clean:
        case HostState::tuned:
        case HostState::awaiting_confirmation:
            return Exit::as_wanted;
        case HostState::overdue:
        case HostState::degraded:
        case HostState::interrupted:
            return Exit::differs;
        case HostState::unknown:
            return status.at_work.empty() ? Exit::refused : Exit::lock_or_timeout;
    }
    return Exit::refused;
}

/// Where nobody can say how datapaths are, status says what it knows without.
void add_datapaths(HostStatus& status, Service& service) {
    if (auto* const reached = dynamic_cast<DatapathService*>(&service)) {
        if (const auto datapaths = reached->datapaths(true)) {
            std::ranges::copy(notes_of(*datapaths), std::back_inserter(status.notes));
        }
    }
}

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    HostStatus status = service->status();
    for (const PluginInfo& plugin : service->plugins()) {
        if (!plugin.refused.empty()) {
            status.notes.push_back(
                fmt::format("plugin {} is refused: {}", plugin.name, plugin.refused));
        }
    }
    add_datapaths(status, *service);
    const Exit exit = exit_of(status);
    if (context.look().json) {
        context.screen().raw(json_of(status, exit));
    } else {
        print_status(context, status);
    }
    return status_of(exit);
}

}  // namespace

constinit const Command status_command = {
    .name = "status",
    .help = "what nanotune holds on this host, and what can be done next",
    .details =
        "With --verbose every held setting. Exit status 2 where an apply was cut off, went only "
        "half-way, or was not confirmed in time and is still there; 1 where the journal cannot be "
        "read; 7 where another nanotune is in the middle of a change.",
    .run = run};

}  // namespace nanotune::cli
