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

#include <nanotune/numbers.hpp>

#include "worker/live_word.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/spawn.hpp"

namespace nanotune::worker {

namespace {

using std::chrono::milliseconds;

// A device that was just given free takes a second, and an XDP program some drivers longer.
constexpr milliseconds start_patience{15'000};
constexpr milliseconds stop_patience{5'000};
constexpr milliseconds report_patience{5'000};

std::unexpected<Error> unknown(const std::string& name) {
    return failure(ErrorCode::not_found, "there is no worker " + name);
}

bool is_alive(unsigned process) {
    return process != 0 && (::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM);
}

/// The memory of a worker that wrote its head.
Result<SharedFile> memory_of(const WorkerFolder& folder, bool for_writing) {
    NT_TRY(SharedFile head, SharedFile::open(folder.shared(), sizeof(SharedHead), for_writing));
    const std::size_t size = static_cast<const SharedHead*>(head.memory())->size;
    NT_TRY(SharedFile whole,
           SharedFile::open(folder.shared(), std::max(size, sizeof(SharedHead)), for_writing));
    if (!static_cast<const SharedHead*>(whole.memory())->is_right(size)) {
        return failure(ErrorCode::damaged, folder.shared() + ": it is not of this version");
    }
    return whole;
}

std::uint64_t value_in(SharedHead& head, const LiveField& field) {
    return (__atomic_load_n(head.word(field), __ATOMIC_RELAXED) & field.mask()) >> field.shift;
}

const LiveField* field_of(const SharedHead& head, std::string_view name) {
    const auto found = std::ranges::find(head.fields, name, &LiveField::text);
    return name.empty() || found == head.fields.end() ? nullptr : &*found;
}

/// Sets bits of the word, whoever else sets others of it.
void put(std::uint64_t* word, std::uint64_t mask, std::uint64_t bits) {
    std::uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(word, &seen, (seen & ~mask) | bits, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
    }
}

}  // namespace

Result<std::string> workers_folder(const std::string& state_folder) {
    NT_TRY(const Identity identity, current_identity());
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
    if (error && error != std::errc::no_such_file_or_directory &&
        error != std::errc::permission_denied) {
        return kernel_failure("look into " + folder_, error.value());
    }
    std::ranges::sort(names);
    return names;
}

Result<Worker> KeptWorkers::worker(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    auto settings = folder.settings();
    if (!settings) {
        return settings.error().code == ErrorCode::not_found
                   ? unknown(name)
                   : Result<Worker>(std::unexpected(std::move(settings).error()));
    }
    Worker worker{.settings = *std::move(settings), .how = {}};
    const Record record = folder.record();
    worker.restarts = record.restarts;
    const bool is_kept = folder.keeper().has_value();
    if (const auto memory = memory_of(folder, false)) {
        auto& head = *static_cast<SharedHead*>(memory->memory());
        worker.is_running = is_kept && head.state_now() == State::ready && is_alive(head.process);
        worker.process = worker.is_running ? head.process : 0;
        worker.how = worker.is_running ? head.how.data() : "";
        for (const LiveField& field : head.fields) {
            if (const auto said = worker.settings.find(field.text());
                said != worker.settings.end()) {
                said->second = fmt::format("{}", value_in(head, field));
            }
        }
    }
    if (!worker.is_running) {
        const std::string end = record.end.empty() ? "it has not worked yet" : record.end;
        worker.how = is_kept          ? end + ", is started again"
                     : record.is_over ? end
                                      : "it ended with its keeper, which was killed";
    }
    return worker;
}

Status KeptWorkers::start(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_CHECK(forget(name));
    Status started = folder.put(settings);
    if (started) {
        started = keep(folder, true);
    }
    if (!started) {
        static_cast<void>(forget(name));
        return std::unexpected(std::move(started).error());
    }
    return {};
}

Status KeptWorkers::start_again(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_TRY(const Worker now, worker(name));
    if (now.is_running) {
        return failure(ErrorCode::busy,
                       fmt::format("{}: it runs, as process {}", name, now.process));
    }
    NT_CHECK(end_keeper(folder));
    return keep(folder, false);
}

Status KeptWorkers::change(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    auto memory = memory_of(folder, true);
    if (!memory) {
        return memory.error().code == ErrorCode::not_found
                   ? unknown(name)
                   : Status(std::unexpected(std::move(memory).error()));
    }
    auto& head = *static_cast<SharedHead*>(memory->memory());
    std::array<std::pair<std::uint64_t, std::uint64_t>, std::tuple_size_v<decltype(head.fields)>>
        words{};  // mask and bits of each
    for (const auto& [setting, text] : settings) {
        const LiveField* const field = field_of(head, setting);
        const auto number = whole_number<std::uint64_t>(text);
        if (field == nullptr || !number || (*number << field->shift & ~field->mask()) != 0) {
            return failure(
                ErrorCode::invalid,
                fmt::format("{} {}: it does not change while the worker runs", setting, text));
        }
        auto& [mask, bits] = words[field->word % words.size()];
        mask |= field->mask();
        bits |= *number << field->shift;
    }
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (words[at].first != 0) {
            std::uint64_t* const word =
                head.word({.name = {}, .word = static_cast<std::uint8_t>(at)});
            put(word, words[at].first, words[at].second);
            tell_waiters(word);
        }
    }
    return {};
}

Result<bool> KeptWorkers::may_change(const std::string& name, std::string_view setting) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    auto memory = memory_of(folder, false);
    if (!memory) {
        return memory.error().code == ErrorCode::not_found
                   ? unknown(name)
                   : Result<bool>(std::unexpected(std::move(memory).error()));
    }
    return field_of(*static_cast<const SharedHead*>(memory->memory()), setting) != nullptr;
}

Status KeptWorkers::stop(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_CHECK(worker(name));
    return end_keeper(folder);
}

Status KeptWorkers::forget(const std::string& name) {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    NT_CHECK(end_keeper(folder));
    return folder.remove();
}

Result<std::string> KeptWorkers::report(const std::string& name) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    struct stat facts{};
    if (::stat(folder.shared().c_str(), &facts) != 0) {
        return unknown(name);
    }
    const std::array<std::string, 2> words{"report", folder.shared()};
    return output_of(program_, words, report_patience);
}

Result<std::vector<std::string>> KeptWorkers::trace_command(const std::string& name) const {
    NT_TRY(const WorkerFolder folder, folder_of(name));
    struct stat facts{};
    if (::stat(folder.shared().c_str(), &facts) != 0) {
        return unknown(name);
    }
    return std::vector<std::string>{program_, "trace", folder.shared()};
}

Result<std::string> KeptWorkers::metrics() const {
    NT_TRY(const auto names, all_names());
    std::vector<std::string> words{"metrics"};
    for (const std::string& name : names) {
        words.push_back(name);
        words.push_back(WorkerFolder(folder_ + "/" + name).shared());
    }
    return names.empty() ? Result<std::string>() : output_of(program_, words, report_patience);
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

Status KeptWorkers::end_keeper(const WorkerFolder& folder) const {
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
