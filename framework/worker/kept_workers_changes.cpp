// What a worker is told while it runs, and what one that does not is started with next.
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "worker/kept_workers.hpp"
#include "worker/turn.hpp"

namespace nanotune::worker {

namespace {

constexpr std::chrono::milliseconds done_patience{2'000};

}  // namespace

Status KeptWorkers::change(const std::string& name, const WorkerSettings& settings) {
    WorkerSettings kept;
    WorkerSettings live;
    for (const auto& [setting, value] : settings) {
        (is_keepers(setting) ? kept : live).emplace(setting, value);
    }
    if (!live.empty() || kept.empty()) {
        NT_CHECK(change_now(name, live, Turned::off));
    }
    return kept.empty() ? Status() : keep_in_mind(name, std::move(kept));
}

Status KeptWorkers::disable(const std::string& name) {
    return change_now(name, {{std::string(switch_name), "0"}}, Turned::disabled);
}

/// `off` is how it is turned off, where that is among the settings.
Status KeptWorkers::change_now(const std::string& name, const WorkerSettings& settings,
                               Turned off) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    const auto turned = settings.find(switch_name);
    const bool is_off = turned != settings.end() && turned->second == "0";
    Status noted;
    if (is_off) {
        const auto known = folder.settings();
        noted = known ? folder.note_switch(off) : std::unexpected(known.error());
    } else if (turned != settings.end()) {
        NT_CHECK(folder.note_switch(Turned::on));
    }
    auto memory = memory_of(name, true);
    const bool is_there = memory || memory.error().code != ErrorCode::not_found;
    if (!is_there && is_off && noted && settings.size() == 1) {
        // One that is started just now looks for the note.
        const auto keeper = is_turn_taken(folder_) ? std::nullopt : folder.keeper();
        return !keeper ? Status()
                       : failure(ErrorCode::conflict,
                                 fmt::format("{} was removed, by which alone it could be "
                                             "disarmed: it goes on until its keeper, process {}, "
                                             "ends it, within five seconds",
                                             folder.shared(), *keeper));
    }
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    NT_CHECK(memory->change(settings));  // which waits for no note
    if (off == Turned::disabled && !noted) {
        return std::unexpected(std::move(noted).error().within(
            "it sends no orders any more, but a rollback may turn it on, or whoever starts it"));
    }
    return memory->wait_for(settings, done_patience);
}

/// What its keeper goes by from now on.
Status KeptWorkers::keep_in_mind(const std::string& name, WorkerSettings changes) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_TRY(WorkerSettings told, folder.settings());
    changes.merge(told);
    std::erase_if(changes, [](const auto& setting) { return setting.second.empty(); });
    return folder.put(changes);
}

Status KeptWorkers::prepare(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(const Descriptor turn, take_turn(folder_));
    NT_TRY(const Worker now, worker(name));
    if (now.is_running) {
        return failure(ErrorCode::conflict,
                       fmt::format("{}: it runs, as process {}", name, now.process));
    }
    const auto memory = memory_of(name, false);
    WorkerSettings live;
    WorkerSettings kept;
    for (const auto& [setting, value] : settings) {
        (memory && memory->number(setting) ? live : kept).emplace(setting, value);
    }
    // What there may be no room for comes first.
    if (!kept.empty()) {
        NT_CHECK(keep_in_mind(name, kept));
    }
    if (const auto turned = kept.find(switch_name); turned != kept.end()) {
        NT_TRY(const WorkerFolder folder, folder_of(name));  // whose memory does not say it
        NT_CHECK(folder.note_switch(turned->second == "0" ? Turned::off : Turned::on));
    }
    return live.empty() ? Status() : change_now(name, live, Turned::off);
}

}  // namespace nanotune::worker
