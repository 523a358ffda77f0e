// nanotune datapath: workers that profiles started. They are looked at, armed and disarmed in their
// own memory, whoever else is at work or not.
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "../commands/commands.hpp"
#include "../context.hpp"
#include "../interruption.hpp"
#include "../text.hpp"
#include "datapath_text.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

using worker::KeptWorkers;

constexpr Option options[] = {
    {.name = "all", .help = "with enable, disable, reset: every datapath"},
    {.name = "watch", .help = "with stats: again each second, with rates, until it is interrupted"},
};

/// The datapaths that are meant: the one that is named, or all.
Result<std::vector<std::string>> meant(const Context& context, KeptWorkers& workers, bool all) {
    const std::string name = context.arguments().operand(1);
    if (!name.empty()) {
        NT_CHECK(workers.worker(name));
        return std::vector<std::string>{name};
    }
    if (!all) {
        return failure(ErrorCode::invalid,
                       fmt::format("datapath {}: which one? `nanotune datapath list` names them",
                                   context.arguments().operand(0)));
    }
    return workers.names();
}

Result<std::vector<Datapath>> looked_at(const Context& context, KeptWorkers& workers, bool counts) {
    NT_TRY(const auto names, meant(context, workers, true));
    std::vector<Datapath> datapaths;
    for (const std::string& name : names) {
        NT_TRY(Worker now, workers.worker(name));
        Datapath datapath{.name = name, .worker = std::move(now)};
        if (counts) {
            datapath.counted = counted_in(workers.report(name).value_or(std::string()));
        }
        datapaths.push_back(std::move(datapath));
    }
    return datapaths;
}

Ended list(const Context& context, KeptWorkers& workers) {
    NT_TRY(const auto datapaths, looked_at(context, workers, false));
    if (context.look().json) {
        context.screen().raw(json_of(datapaths));
    } else {
        print_list(context.screen(), datapaths);
    }
    return 0;
}

Ended stats(const Context& context, KeptWorkers& workers) {
    using Clock = std::chrono::steady_clock;
    const bool is_watched = context.arguments().has("watch");
    const Interruption interruption;
    std::vector<Datapath> before;
    auto then = Clock::now();
    while (true) {
        NT_TRY(auto datapaths, looked_at(context, workers, true));
        const auto now = Clock::now();
        if (context.look().json) {
            context.screen().raw(json_of(datapaths));
        } else {
            if (is_watched && context.surroundings().out_is_terminal) {
                context.screen().raw("\x1b[H\x1b[2J");
            }
            print_stats(context.screen(), datapaths, before,
                        std::chrono::duration<double>(now - then).count());
        }
        before = std::move(datapaths);
        then = now;
        for (int part = 0; is_watched && part < 20 && !*Interruption::flag(); ++part) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        if (!is_watched || *Interruption::flag()) {
            return 0;
        }
    }
}

/// Does it with each that is meant, whatever becomes of another.
template <typename Do>
Ended each(const Context& context, KeptWorkers& workers, std::string_view done, Do act) {
    NT_TRY(const auto names, meant(context, workers, context.arguments().has("all")));
    Problems problems;
    for (const std::string& name : names) {
        if (Status status = act(name); !status) {
            problems.push_back(std::move(status).error().within(name));
        } else {
            context.screen().line(fmt::format("{}: {}", name, done));
        }
    }
    return problems.empty() ? Ended(0) : Ended(std::unexpected(Failure(std::move(problems))));
}

Ended switched(const Context& context, KeptWorkers& workers, bool enabled) {
    return each(context, workers, enabled ? "sends orders" : "sends no orders any more",
                [&](const std::string& name) {
                    return workers.change(name, {{"enabled", enabled ? "1" : "0"}});
                });
}

/// Counters begin anew when the number changes.
Ended reset(const Context& context, KeptWorkers& workers) {
    const auto moment = std::chrono::steady_clock::now().time_since_epoch().count() & 0x7FFF'FFFF;
    return each(context, workers, "counts anew", [&](const std::string& name) {
        return workers.change(name, {{"resets", fmt::format("{}", moment)}});
    });
}

Ended run(Context& context) {
    const std::string verb = context.arguments().operand(0);
    NT_TRY(std::string folder, worker::workers_folder(context.state_folder()));
    KeptWorkers workers(std::move(folder), context.surroundings().places.worker);
    if (verb == "list") {
        return list(context, workers);
    }
    if (verb == "stats") {
        return stats(context, workers);
    }
    if (verb == "enable" || verb == "disable") {
        return switched(context, workers, verb == "enable");
    }
    if (verb == "reset") {
        return reset(context, workers);
    }
    if (verb == "start") {
        return each(context, workers, "runs",
                    [&](const std::string& name) { return workers.start_again(name); });
    }
    if (verb == "stop") {
        return each(context, workers, "stopped",
                    [&](const std::string& name) { return workers.stop(name); });
    }
    return std::unexpected(Failure(
        Error{.code = ErrorCode::invalid,
              .message = fmt::format("datapath {}: it is one of list, stats, enable, disable, "
                                     "start, stop, reset",
                                     verb)}));
}

}  // namespace

constinit const Command datapath_command = {
    .name = "datapath",
    .help = "packet processors that profiles started: look, arm, disarm, stop",
    .operands = {.usage = "list|stats|enable|disable|start|stop|reset [NAME]",
                 .least = 1,
                 .most = 2},
    .options = options,
    .details =
        "A profile brings one about by a section [datapath.NAME] and ends it when it is "
        "rolled back. enable and disable act at once, from one packet to the next; disable "
        "--all is the switch for when something is wrong. stop ends the process and start "
        "starts it again, with what it had been told; verify calls one that is stopped "
        "drift. reset lets the counters begin anew.",
    .run = run,
    .acts = true};

}  // namespace nanotune::cli
