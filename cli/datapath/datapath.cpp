// nanotune datapath: workers that profiles started, by the daemon where one runs. The switch that
// stops orders works in their own memory, whoever else is at work or not.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "../commands/commands.hpp"
#include "../context.hpp"
#include "datapath_look.hpp"
#include "datapath_text.hpp"
#include "nearest_datapath.hpp"
#include "service/datapath_record.hpp"
#include "service/freeze.hpp"
#include "trace.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

using Names = std::vector<std::string>;

constexpr Option options[] = {
    {.name = "all", .help = "in place of a name, with all but list, stats, trace: every datapath"},
    {.name = "count", .value = "N", .help = "with trace: ends after so many packets"},
    {.name = "watch",
     .help = "with stats: again each second, with rates, until it is interrupted; on a terminal "
             "without what is 0"},
};

struct ActWords {
    std::string_view verb;
    DatapathAct act;
    std::string_view done;
};
constexpr ActWords acts[] = {
    {"enable", DatapathAct::enable, "sends orders"},
    {"disable", DatapathAct::disable, "sends no orders any more"},
    {"start", DatapathAct::start, "runs"},
    {"stop", DatapathAct::stop, "stopped"},
    {"reset", DatapathAct::reset, "counts anew"},
    {"clear-connections", DatapathAct::clear_connections, "has forgotten its connections"},
};

std::unexpected<Error> which_one(const Context& context) {
    const bool are_both = context.arguments().has("all");
    return failure(ErrorCode::invalid,
                   fmt::format("datapath {}: {}", context.arguments().operand(0),
                               are_both ? "one by its name, or --all"
                                        : "which one? `nanotune datapath list` names them"));
}

/// An option that would be left undone is refused.
Status fits(const Arguments& arguments) {
    const std::string verb = arguments.operand(0);
    const bool is_act = std::ranges::find(acts, verb, &ActWords::verb) != std::end(acts);
    for (const auto& [option, is_of_verb] : {std::pair("all", is_act),
                                             {"count", verb == "trace"},
                                             {"watch", verb == "stats"},
                                             {"json", verb != "trace"}}) {
        if (arguments.has(option) && !is_of_verb) {
            return failure(ErrorCode::invalid,
                           fmt::format("datapath {}: --{} has no part in it", verb, option));
        }
    }
    return {};
}

/// A service, and what of it reaches datapaths.
struct Reached {
    std::unique_ptr<Service> service;
    DatapathService* datapaths = nullptr;
};

Result<Reached> reached(const Context& context) {
    NT_TRY(auto service, context.service());
    auto* const datapaths = dynamic_cast<DatapathService*>(service.get());
    if (datapaths == nullptr) {
        return failure(ErrorCode::unsupported, "datapath: nobody keeps any here");
    }
    return Reached{.service = std::move(service), .datapaths = datapaths};
}

/// Does it with each that is meant, whatever becomes of another. `done` says what it is then.
template <typename Do, typename Said>
Ended each(const Context& context, std::string_view verb, const Names& names, Said done, Do act) {
    const bool is_json = context.look().json;
    ActsDone all{.act = verb, .done = {}, .problems = {}};
    for (const std::string& name : names) {
        if (Status status = act(name); !status) {
            const bool is_named = status.error().message.starts_with(name + ": ");
            all.problems.push_back(is_named ? std::move(status).error()
                                            : std::move(status).error().within(name));
            continue;
        }
        all.done.emplace_back(name, done(name));
        if (!is_json) {
            context.screen().line(fmt::format("{}: {}", name, done(name)));
        }
    }
    if (is_json) {
        const int status = status_of(all.problems);
        context.screen().raw(json_of(all, status));
        return status;
    }
    return all.problems.empty() ? Ended(0)
                                : Ended(std::unexpected(Failure(std::move(all.problems))));
}

/// Those that this process can reach by itself; none where it may not look.
Names within_reach(const Context& context, worker::KeptWorkers& workers) {
    const std::string name = context.arguments().operand(1);
    if (context.arguments().has("all")) {  // beside a name, too: then it is for all
        return workers.names().value_or(Names());
    }
    return workers.worker(name) ? Names{name} : Names();
}

/// The switch for when something is wrong asks nobody: neither the daemon nor a plugin. Nothing
/// where this process reaches none, and somebody else is to be asked.
std::optional<Ended> disabled_here(const Context& context, std::string_view done) {
    auto folder = worker::workers_folder(context.state_folder());
    if (!folder || context.arguments().has("bus")) {
        return std::nullopt;
    }
    worker::KeptWorkers workers(*std::move(folder), context.surroundings().places.worker);
    const Names names = within_reach(context, workers);
    if (names.empty()) {
        return std::nullopt;
    }
    std::vector<std::pair<std::string, Status>> ends;
    Ended ended = each(
        context, name_of(DatapathAct::disable), names,
        [done](const std::string& /*name*/) { return done; },
        [&](const std::string& name) {
            return ends.emplace_back(name, workers.disable(name)).second;
        });
    // No disk is waited for before all are disarmed.
    for (const auto& [name, end] : ends) {
        static_cast<void>(keep_in_history(lasting_folder_of(context.state_folder()),
                                          own_actor("nanotune datapath"), name,
                                          DatapathAct::disable, end));
    }
    return ended;
}

Ended acted(const Context& context, const ActWords& words) {
    const bool all = context.arguments().has("all");
    const std::string name =
        all && words.act == DatapathAct::disable ? "" : context.arguments().operand(1);
    if (name.empty() != all) {
        return std::unexpected(Failure(which_one(context).error()));
    }
    if (words.act == DatapathAct::disable) {
        if (auto ended = disabled_here(context, words.done)) {
            return *std::move(ended);
        }
    }
    NT_TRY(const Reached here, reached(context));
    std::vector<Datapath> datapaths;
    if (name.empty() || words.act == DatapathAct::enable) {
        NT_TRY(datapaths, here.datapaths->datapaths(false));
    }
    const Names names = name.empty() ? names_of(datapaths) : Names{name};
    if (names.empty() && !context.look().json) {
        print_list(context.screen(), datapaths);
        if (words.act == DatapathAct::disable) {
            context.screen().line(
                "One whose state folder was removed while it ran is not found, and goes on until "
                "its keeper ends it, within five seconds.");
        }
        return 0;
    }
    const auto done = [&](const std::string& one) {
        const auto found = std::ranges::find(datapaths, one, &Datapath::name);
        const bool waits = words.act == DatapathAct::enable && found != datapaths.end() &&
                           !found->worker.is_running;
        return waits ? std::string_view("sends orders once it runs") : words.done;
    };
    return each(context, words.verb, names, done, [&](const std::string& one) -> Status {
        if (Status acted = here.datapaths->datapath(one, words.act); !acted) {
            const auto known = here.datapaths->datapaths(false);
            return std::unexpected(
                with_nearest(std::move(acted).error(), one, known ? names_of(*known) : Names()));
        }
        return {};
    });
}

Ended run(Context& context) {
    const std::string verb = context.arguments().operand(0);
    NT_CHECK(fits(context.arguments()));
    const auto* const act = std::ranges::find(acts, verb, &ActWords::verb);
    if (act != std::end(acts)) {
        return acted(context, *act);
    }
    if (verb == "trace") {
        return trace_datapath(context);
    }
    if (verb != "list" && verb != "stats") {
        return std::unexpected(Failure(
            Error{.code = ErrorCode::invalid,
                  .message = fmt::format("datapath {}: it is one of list, stats, enable, "
                                         "disable, start, stop, reset, clear-connections, trace",
                                         verb)}));
    }
    NT_TRY(const Reached here, reached(context));
    return verb == "list" ? list_datapaths(context, *here.datapaths)
                          : datapath_stats(context, *here.datapaths);
}

}  // namespace

constinit const Command datapath_command = {
    .name = "datapath",
    .help = "packet processors that profiles started: look, arm, disarm, stop",
    .operands =
        {.usage = "list|stats|enable|disable|start|stop|reset|clear-connections|trace [DATAPATH]",
         .least = 1,
         .most = 2},
    .options = options,
    .details =
        "A profile brings one about by a section [datapath.NAME] and ends it when it is "
        "rolled back. enable and disable act at once, from one packet to the next; disable "
        "--all is the switch for when something is wrong, and asks no daemon. stop ends the "
        "process and start "
        "starts it again, with what it had been told; verify calls one that is stopped "
        "drift. reset lets the counters begin anew; clear-connections forgets those that it "
        "follows, and drops those that it has itself. trace prints a line for each packet.",
    .run = run,
    .acts = true};

}  // namespace nanotune::cli
