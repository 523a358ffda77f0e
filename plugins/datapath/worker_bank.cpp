#include "worker_bank.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "beforehand.hpp"
#include "room_to_keep_house.hpp"

namespace nanotune::datapath {
namespace {

constexpr std::string_view address = "listen";
constexpr std::string_view the_switch = "enabled";

/// Whose line tells what is wrong, once: the setting's that the words begin with, or the address's.
std::size_t told_at(std::span<const Assignment> assignments, std::string_view words) {
    const auto is_of = [&assignments](std::string_view name) {
        const auto found = std::ranges::find_if(assignments, [name](const auto& assignment) {
            return assignment.tunable->name == name;
        });
        return static_cast<std::size_t>(found - assignments.begin());
    };
    for (const std::size_t at :
         {is_of(words.substr(0, words.find_first_of(" :"))), is_of(address)}) {
        if (at != assignments.size()) {
            return at;
        }
    }
    return 0;
}

WorkerSettings changes_in(std::span<const Assignment> assignments) {
    WorkerSettings changes;
    for (const Assignment& assignment : assignments) {
        changes.emplace(assignment.tunable->name,
                        to_kernel(assignment.tunable->domain, assignment.value));
    }
    return changes;
}

/// What it was told until now, and nothing of what it was told since.
WorkerSettings as_before(const Worker& until_now, const WorkerSettings& since) {
    WorkerSettings before = until_now.settings;
    for (const auto& [setting, value] : since) {
        before.emplace(setting, "");
    }
    return before;
}

/// By somebody who said so; one that died is another matter.
bool is_stopped(const Worker& worker) {
    return !worker.is_running && worker.how == how_stopped;
}

/// The queues of that device are its own: by XDP, however it was chosen.
std::string held_by(const Worker& worker) {
    const bool holds = worker.how.starts_with("xdp") || worker.how.starts_with("af_xdp");
    return worker.is_running && holds ? said(worker.settings, "interface") : std::string();
}

}  // namespace

Result<std::vector<Candidate>> datapaths(System& system) {
    NT_TRY(const auto names, system.workers().names());
    std::vector<Candidate> found;
    for (const std::string& name : names) {
        Candidate one{.target = {.kind = "datapath", .name = name}, .facts = {{"name", name}}};
        const auto worker = system.workers().worker(name);
        if (std::string held = worker ? held_by(*worker) : std::string(); !held.empty()) {
            one.facts.emplace_back("holds", std::move(held));
        }
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<const Tunable*> WorkerBank::tunables() const {
    std::vector<const Tunable*> all;
    for (const WorkerRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

const WorkerRow& WorkerBank::row_of(const Tunable& tunable) const {
    return *std::ranges::find_if(
        rows_, [&tunable](const WorkerRow& row) { return row.tunable.name == tunable.name; });
}

Result<Reading> WorkerBank::reading(const Worker& worker, const WorkerRow& row) {
    const Domain& domain = row.tunable.domain;
    const auto found = worker.settings.find(row.tunable.name);
    const bool is_said = found != worker.settings.end();
    NT_TRY(Value value, from_kernel(domain, is_said ? found->second : std::string(row.otherwise)));
    Reading reading{.value = std::move(value)};
    if (row.tunable.name == address && is_said && !worker.is_running) {
        reading.requested = std::move(reading.value);
        NT_TRY(reading.value, from_kernel(domain, row.otherwise));
        reading.note = "it does not run: " + worker.how;
    } else if (row.tunable.name == "backend" && worker.is_running) {
        reading.note = worker.how;
    } else if (row.tunable.name == the_switch) {
        reading.is_operators = worker.is_disabled && reading.value == Value(false);
    }
    return reading;
}

std::vector<Result<Reading>> WorkerBank::read(System& system, const Target& target,
                                              std::span<const Tunable* const> wanted) const {
    const auto worker = worker_or_none(system, target.name);
    std::vector<Result<Reading>> readings;
    for (const Tunable* const tunable : wanted) {
        readings.push_back(worker ? reading(*worker, row_of(*tunable))
                                  : Result<Reading>(std::unexpected(worker.error())));
    }
    return readings;
}

/// Everything that is said of it once these are.
Result<WorkerSettings> WorkerBank::settings_with(System& system, const Target& target,
                                                 std::span<const Assignment> assignments) const {
    NT_TRY(Worker worker, worker_or_none(system, target.name));
    WorkerSettings settings;
    for (const WorkerRow& row : rows_) {
        const auto found = worker.settings.find(row.tunable.name);
        settings.emplace(row.tunable.name,
                         found == worker.settings.end() ? row.otherwise : found->second);
    }
    for (const Assignment& assignment : assignments) {
        settings[std::string(assignment.tunable->name)] =
            to_kernel(assignment.tunable->domain, assignment.value);
    }
    return settings;
}

/// Of what is held already nobody asks whether it may be: what does not fit is told of the best
/// place where something is to be another than it is, which `best` is where it can be.
std::size_t WorkerBank::first_that_changes(System& system, const Target& target,
                                           std::span<const Assignment> assignments,
                                           std::size_t best) const {
    const auto worker = worker_or_none(system, target.name);
    const auto now = settings_with(system, target, {});
    const auto changes = [&](const Assignment& one) {
        const bool starts = one.tunable->name == address && worker && !worker->is_running;
        return !now || starts ||
               said(*now, one.tunable->name) != to_kernel(one.tunable->domain, one.value);
    };
    if (changes(assignments[best])) {
        return best;
    }
    const auto first = std::ranges::find_if(assignments, changes);
    return first == assignments.end() ? best
                                      : static_cast<std::size_t>(first - assignments.begin());
}

std::vector<Status> WorkerBank::may_hold(System& system, const Target& target,
                                         std::span<const Assignment> assignments) const {
    const auto settings = settings_with(system, target, assignments);
    std::vector<Status> statuses(assignments.size());
    const auto ends = [](const Assignment& assignment) {
        return assignment.tunable->name == address &&
               to_kernel(assignment.tunable->domain, assignment.value).empty();
    };
    if (!assignments.empty() && std::ranges::none_of(assignments, ends)) {
        Status status =
            settings ? misfit(system, *settings) : Status(std::unexpected(settings.error()));
        const std::size_t at =
            status ? 0
                   : first_that_changes(system, target, assignments,
                                        told_at(assignments, status.error().message));
        statuses[at] = std::move(status);
    }
    for (std::size_t at = 0; at < assignments.size(); ++at) {
        if (statuses[at] && assignments[at].tunable->name == "logic") {
            statuses[at] = strategy_is_there(system, target.name, assignments[at]);
        }
    }
    return statuses;
}

/// One that ran until now and cannot start so runs on as it was: a value that is refused changes
/// nothing.
Status WorkerBank::started(System& system, const std::string& name, const WorkerSettings& settings,
                           const Worker& until_now) {
    Status refused = system.workers().start(name, settings);
    if (refused || refused.error().code == ErrorCode::busy) {
        return refused;  // who is busy with others has touched nothing
    }
    if (!until_now.is_running) {
        static_cast<void>(until_now.is_disabled
                              ? system.workers().prepare(name, as_before(until_now, settings))
                              : system.workers().forget(name));
        return refused;
    }
    WorkerSettings before = until_now.settings;
    if (!settings.contains(the_switch)) {
        before.erase(std::string(the_switch));  // stays as it is, whoever has turned it meanwhile
    }
    const Status again = system.workers().start(name, before);
    if (!again && again.error().code != ErrorCode::busy) {
        static_cast<void>(system.workers().forget(name));
    }
    return again ? refused
                 : Status(std::unexpected(std::move(refused).error().within(
                       fmt::format("{} ended, and does not start again as it was: {}", name,
                                   again.error().message))));
}

Status WorkerBank::written(System& system, const Target& target,
                           std::span<const Assignment> assignments) const {
    NT_TRY(WorkerSettings settings, settings_with(system, target, assignments));
    if (said(settings, address).empty()) {
        return system.workers().forget(target.name);
    }
    NT_TRY(const Worker worker, worker_or_none(system, target.name));
    const auto is_live = [this](const Assignment& assignment) {
        return row_of(*assignment.tunable).is_live;
    };
    const auto is_address = [](const Assignment& assignment) {
        return assignment.tunable->name == address;
    };
    if (worker.is_running && std::ranges::all_of(assignments, is_live)) {
        return system.workers().change(target.name, changes_in(assignments));
    }
    // Whoever stopped it did not mean until something else of it is put back.
    if (is_stopped(worker) && std::ranges::none_of(assignments, is_address)) {
        NT_TRY(const WorkerSettings changes,
               with_room(system, target.name, settings, changes_in(assignments)));
        return system.workers().prepare(target.name, changes);
    }
    std::erase_if(settings, [](const auto& setting) { return setting.second.empty(); });
    const bool switches = std::ranges::any_of(assignments, [](const Assignment& assignment) {
        return assignment.tunable->name == the_switch;
    });
    if (!switches && !worker.settings.empty()) {
        settings.erase(std::string(the_switch));  // stays as it is, whoever turns it meanwhile
    }
    const Status house = leaves_house(system, target.name, settings);
    if (house) {
        return started(system, target.name, settings, worker);
    }
    const auto has_part_in_backend = [](const Assignment& assignment) {
        return assignment.tunable->name != "priority" && assignment.tunable->name != "cpus";
    };
    // What did not come to that before need not be ended to see that it does not now.
    const bool is_awake = worker.is_running && said(worker.settings, "backend") == "auto" &&
                          !sleeps(settings, worker.how) &&
                          std::ranges::none_of(assignments, has_part_in_backend);
    if (!may_sleep(settings) || is_awake) {
        return house;
    }
    settings.emplace(only_asleep, "1");
    const Status asleep = started(system, target.name, settings, worker);
    return asleep ? Status()
                  : failure(ErrorCode::conflict,
                            fmt::format("{}; {}", house.error().message, asleep.error().message));
}

std::vector<Status> WorkerBank::write(System& system, const Target& target,
                                      std::span<const Assignment> assignments) const {
    const Status whole = written(system, target, assignments);
    std::vector<Status> each(assignments.size(), whole);
    if (whole) {
        return each;
    }
    const std::size_t told = told_at(assignments, whole.error().message);
    for (std::size_t at = 0; at < each.size(); ++at) {
        if (at != told) {
            each[at].error().message =
                fmt::format("not done: {} says why", assignments[told].tunable->name);
        }
    }
    return each;
}

Status WorkerBank::pause(System& system, const Target& target) const {
    return system.workers().stop(target.name);
}

bool WorkerBank::starts_anyway(std::span<const Assignment> wanted) const {
    const auto start = std::ranges::find(
        wanted, "start", [](const Assignment& assignment) { return assignment.tunable->name; });
    return start != wanted.end() && to_kernel(start->tunable->domain, start->value) == "anyway";
}

Result<Inquiry> WorkerBank::witness(System& /*system*/, const Target& /*target*/,
                                    const Tunable& /*tunable*/) const {
    return failure(ErrorCode::unsupported, "no other program knows a worker of nanotune's own");
}

Status WorkerBank::may_write(System& system, const Target& /*target*/,
                             const Tunable& /*tunable*/) const {
    if (!system.has(Capability::net_admin)) {
        return failure(ErrorCode::denied, "running a datapath needs CAP_NET_ADMIN");
    }
    return {};
}

}  // namespace nanotune::datapath
