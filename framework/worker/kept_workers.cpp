#include "worker/kept_workers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/moment.hpp"
#include "worker/spawn.hpp"
#include "worker/turn.hpp"

namespace nanotune::worker {

namespace {

using std::chrono::milliseconds;

// A device that was just given free takes a second, and an XDP program some drivers longer.
constexpr milliseconds start_patience{15'000};
constexpr milliseconds stop_patience{5'000};

}  // namespace

std::unexpected<Error> KeptWorkers::unknown(const std::string& name) {
    return failure(ErrorCode::not_found, "there is no worker " + name);
}

Result<std::string> workers_folder(const std::string& state_folder) {
    NT_TRY(const Identity identity, current_identity());
    return workers_folder(state_folder, identity);
}

std::string workers_folder(const std::string& state_folder, const Identity& identity) {
    return fmt::format("{}/net-{}.workers", state_folder, identity.network);
}

Result<WorkerFolder> KeptWorkers::folder_of(const std::string& name) const {
    if (!is_worker_name(name)) {
        return failure(ErrorCode::invalid,
                       fmt::format("{}: a worker's name is up to 32 letters, digits, \"-\" and "
                                   "\"_\"",
                                   name));
    }
    struct stat facts{};
    if (::lstat(folder_.c_str(), &facts) == 0 && facts.st_uid != ::geteuid()) {
        return failure(ErrorCode::denied, folder_ + ": it is somebody else's");
    }
    return WorkerFolder(folder_ + "/" + name);
}

Result<std::vector<std::string>> KeptWorkers::all_names() const {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator each(folder_, error), end; !error && each != end;
         each.increment(error)) {
        std::string name = each->path().filename().string();
        if (is_worker_name(name)) {
            names.push_back(std::move(name));
        }
    }
    // Who may not look finds none: what belongs to root is no concern of theirs.
    if (error && error.value() != ENOENT && error.value() != EACCES) {
        return kernel_failure("look into " + folder_, error.value());
    }
    std::ranges::sort(names);
    return names;
}

Status KeptWorkers::may_look() const {
    return ::faccessat(AT_FDCWD, folder_.c_str(), R_OK | X_OK, AT_EACCESS) == 0 || errno == ENOENT
               ? Status()
               : kernel_failure("look for datapaths in " + folder_, errno);
}

Result<Worker> KeptWorkers::worker(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    auto settings = folder.settings();
    if (!settings) {
        return settings.error().code == ErrorCode::not_found
                   ? unknown(name)
                   : Result<Worker>(std::unexpected(std::move(settings).error()));
    }
    Worker worker{.settings = *std::move(settings), .is_disabled = folder.is_disabled(), .how = {}};
    const Record record = folder.record();
    worker.restarts = record.restarts;
    const bool is_kept = folder.keeper().has_value();
    std::string waits;
    if (const auto memory = WorkerMemory::open(folder, false)) {
        worker.process = is_kept ? memory->process() : 0;
        worker.is_running = worker.process != 0;
        worker.hangs = worker.is_running && memory->hangs();
        worker.how = worker.is_running ? memory->how() : "";
        if (is_kept && memory->is_starting() && !memory->how().empty()) {
            waits = fmt::format(": {}", memory->how());
        }
        if (worker.is_running && record.ended != 0) {
            worker.how +=
                fmt::format("; before that: {} ({})", record.end, moment_text(record.ended));
        }
        for (auto& [setting, value] : worker.settings) {
            if (const auto number = memory->number(setting)) {
                value = fmt::format("{}", *number);
            }
        }
    } else if (folder.is_switched_off()) {
        worker.settings.insert_or_assign(std::string(switch_name), "0");
    }
    if (!worker.is_running) {
        const std::string end = record.end.empty() ? "it has not worked yet" : record.end;
        worker.how =
            is_kept ? end + ", is started again" + waits
            : record.is_over
                ? end
                : "its keeper left no word of how it ended: it was killed, or found no room";
    }
    return worker;
}

Status KeptWorkers::start(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    const bool was_off = folder.is_switched_off();
    const Turned until_now = folder.is_disabled() ? Turned::disabled : Turned::off;
    const auto said = settings.find(switch_name);
    const bool turns_on = said != settings.end() && said->second != "0";
    if (turns_on) {
        // Whatever it was before: who turns it off while this waits is heard.
        NT_CHECK(folder.note_switch(Turned::on));
    }
    const auto turn = take_turn(folder_);
    const Status ended = turn ? end_keeper(folder) : Status(std::unexpected(turn.error()));
    if (!ended) {
        const auto memory = WorkerMemory::open(folder, false);
        const bool is_on = memory && memory->number(switch_name) == 1U;  // by somebody, meanwhile
        if (turns_on && was_off && !is_on) {
            static_cast<void>(folder.note_switch(until_now));
        }
        return ended;
    }
    WorkerSettings told = settings;
    if (!told.contains(switch_name)) {
        if (const auto before = worker(name)) {
            const auto found = before->settings.find(switch_name);
            told.emplace(switch_name, found == before->settings.end() ? "0" : found->second);
        }
    }
    Status begun = begin(folder, told);
    if (!begun && turns_on && was_off) {  // whoever starts it again finds it so
        const WorkerSettings off{{std::string(switch_name), "0"}};
        static_cast<void>(change_now(name, off, until_now));
    }
    return begun;
}

/// Its folder stays: who turns the switch off now finds it there.
Status KeptWorkers::begin(const WorkerFolder& folder, const WorkerSettings& settings) const {
    NT_CHECK(folder.clear());
    NT_CHECK(folder.put(settings));
    return keep(folder, true);
}

Status KeptWorkers::start_again(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_TRY(const Descriptor turn, take_turn(folder_));
    NT_TRY(const Worker now, worker(name));
    if (now.is_running) {
        return failure(ErrorCode::conflict,
                       fmt::format("{}: it runs, as process {}", name, now.process));
    }
    NT_CHECK(end_keeper(folder));
    return keep(folder, false);
}

Result<WorkerMemory> KeptWorkers::memory_of(const std::string& name, bool for_writing) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    auto memory = WorkerMemory::open(folder, for_writing);
    return memory || memory.error().code != ErrorCode::not_found ? std::move(memory)
                                                                 : unknown(name);
}

Result<bool> KeptWorkers::may_change(const std::string& name, std::string_view setting) const {
    NT_TRY(const WorkerMemory memory, memory_of(name, false));
    return memory.number(setting).has_value();
}

Status KeptWorkers::stop(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_TRY(const Descriptor turn, take_turn(folder_));
    NT_CHECK(worker(name));
    NT_CHECK(end_keeper(folder));
    // Also of one that had ended before, or whose keeper was killed and left no word.
    const Record stopped{
        .restarts = folder.record().restarts, .is_over = true, .end = std::string(how_stopped)};
    return folder.record() == stopped ? Status() : folder.put(stopped);
}

Status KeptWorkers::forget(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_TRY(const Descriptor turn, take_turn(folder_));
    NT_CHECK(end_keeper(folder));
    return folder.remove();
}

/// The keeper is nobody's child: it says how the worker's start went, and goes on by itself.
Status KeptWorkers::keep(const WorkerFolder& folder, bool anew) const {
    const std::array<std::string, 3> words{"keep", folder.path(), anew ? "anew" : "again"};
    NT_TRY(const std::string said, answer_of(program_, words, start_patience));
    constexpr std::string_view works = "ready";
    if (said.starts_with(works)) {
        return {};
    }
    static_cast<void>(end_keeper(folder));
    return failure(said.empty() ? ErrorCode::timed_out : ErrorCode::refused,
                   said.empty() ? fmt::format("the worker did not say within {} s that it works",
                                              start_patience.count() / 1000)
                                : said);
}

Status KeptWorkers::end_keeper(const WorkerFolder& folder) {
    for (const int signal : {SIGTERM, SIGKILL}) {
        const auto keeper = folder.keeper();
        if (!keeper) {
            return {};
        }
        const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, *keeper, 0)));
        if (!process.is_open() || folder.keeper() != keeper) {
            continue;  // it has just ended
        }
        ::syscall(SYS_pidfd_send_signal, process.number(), signal, nullptr, 0);
        pollfd ended{.fd = process.number(), .events = POLLIN, .revents = 0};
        ::poll(&ended, 1, static_cast<int>(stop_patience.count()));
    }
    if (const auto keeper = folder.keeper()) {
        return failure(
            ErrorCode::timed_out,
            fmt::format("process {}, the keeper of {}, does not end", *keeper, folder.path()));
    }
    return {};
}

}  // namespace nanotune::worker
