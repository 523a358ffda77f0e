// nanotune-worker: the process of one datapath: threads which never wait once they are ready, and
// one that looks after them.
//
//   nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...
//   nanotune-worker report FILE      what it has counted
//   nanotune-worker metrics [NAME FILE]...   the same for Prometheus, of all those under their
//   names nanotune-worker arm FILE         orders are sent from now on nanotune-worker disarm FILE
//   and from now on no more
//
// `nanotune-worker keep FOLDER anew|again|unit` is the keeper of one that a profile started.
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "datapath/processor/ticks.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "shared.hpp"
#include "team.hpp"
#include "watch.hpp"
#include "worker/binding.hpp"
#include "worker/keeper.hpp"
#include "worker/live_word.hpp"
#include "worker/readiness.hpp"
#include "worker/rights.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/system_calls.hpp"

namespace {

using namespace nanotune;
using namespace nanotune::datapath;

constexpr int failed = 1;
constexpr int misused = 2;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_to_stop(int /*signal*/) {
    stop.store(true, std::memory_order_relaxed);
}

void say(std::FILE* stream, const std::string& text) {
    std::fputs(text.c_str(), stream);
}

int told(const Error& error, int status) {
    say(stderr, fmt::format("nanotune-worker: {}\n", error.message));
    return status;
}

std::uint64_t nanoseconds(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

/// What a tick is worth, by a clock that nobody sets.
std::uint64_t measured_ticks_per_second() {
    constexpr std::uint64_t enough = 20'000'000;
    const std::uint64_t began = nanoseconds(CLOCK_MONOTONIC_RAW);
    const std::uint64_t first = ticks();
    std::uint64_t took = 0;
    while (took < enough) {
        took = nanoseconds(CLOCK_MONOTONIC_RAW) - began;
    }
    const double passed = static_cast<double>(ticks() - first);
    return static_cast<std::uint64_t>(passed * 1e9 / static_cast<double>(took));
}

template <std::size_t size>
void put(std::array<char, size>& place, std::string_view text) {
    const std::size_t length = std::min(text.size(), size - 1);
    std::memcpy(place.data(), text.data(), length);
}

using LiveFields = decltype(worker::SharedHead::fields);
static_assert(Control::places.size() <= std::tuple_size_v<LiveFields>);

LiveFields live_fields() {
    LiveFields fields{};
    for (std::size_t at = 0; at < Control::places.size(); ++at) {
        const Control::Place& place = Control::places[at];
        fields[at].word = place.word;
        fields[at].shift = place.shift;
        fields[at].bits = place.bits;
        put(fields[at].name, place.name);
    }
    return fields;
}

/// All but the control, which a worker that takes over from another leaves as it is.
void prepare(Shared& shared, const WorkerOptions& options) {
    for (WorkerPart& part : shared.parts) {
        part = {};
    }
    shared.last_error = {};
    shared.workers = 0;
    shared.version = Shared::right_version;
    shared.ticks_per_second = measured_ticks_per_second();
    shared.listens_to = {};
    put(shared.listens_to, options.listen_text);
    worker::SharedHead& head = shared.head;
    head.set_state(worker::State::starting);
    head.size = sizeof(Shared);
    head.process = static_cast<std::uint32_t>(::getpid());
    head.started = nanoseconds(CLOCK_BOOTTIME);
    head.live_at = offsetof(Shared, control);
    head.fields = live_fields();
    head.how = {};
    head.magic = worker::SharedHead::right_magic;
}

Shared& prepared(void* memory, const WorkerOptions& options) {
    Shared& shared = *new (memory) Shared{};
    shared.control.set_order(options.price, options.quantity);
    shared.control.set_network_order(options.network_order);
    shared.control.arm(options.is_armed);
    prepare(shared, options);
    return shared;
}

/// The CPUs that this process may run on, without those that are the workers', where others are
/// left.
Status leave_workers_alone(const WorkerOptions& options, const cpu_set_t& allowed) {
    cpu_set_t others = allowed;
    for (const unsigned cpu : options.cpus) {
        CPU_CLR(cpu, &others);
    }
    const cpu_set_t& wanted = CPU_COUNT(&others) != 0 ? others : allowed;
    return ::sched_setaffinity(0, sizeof wanted, &wanted) == 0
               ? Status()
               : kernel_failure("leave the workers' CPUs", errno);
}

/// The shared file of a worker, seen to be one of this version.
Result<worker::SharedFile> shared_file(const std::string& path, bool for_writing) {
    NT_TRY(worker::SharedFile file, worker::SharedFile::open(path, sizeof(Shared), for_writing));
    if (!static_cast<const Shared*>(file.memory())->is_right(sizeof(Shared))) {
        return failure(ErrorCode::damaged,
                       fmt::format("{}: it is of another version of nanotune-worker", path));
    }
    return file;
}

/// New, or what another worker left, with its switches. Where those are lost nobody knows whether
/// somebody had disarmed it.
Result<worker::SharedFile> own_file(WorkerOptions options) {
    if (options.is_resumed) {
        if (auto left = shared_file(options.shared, true)) {
            prepare(*static_cast<Shared*>(left->memory()), options);
            return left;
        }
        options.is_armed = false;
    }
    NT_TRY(worker::SharedFile file, worker::SharedFile::create(options.shared, sizeof(Shared)));
    prepared(file.memory(), options);
    NT_CHECK(file.publish());
    return file;
}

Status run_until_stopped(const WorkerOptions& options, Shared& shared) {
    const int keeper = worker::keeper();
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return kernel_failure("ask for the CPUs that are allowed", errno);
    }
    NT_TRY(Runners runners, opened_runners(options, shared));
    NT_CHECK(leave_workers_alone(options, allowed));
    Team team(std::move(runners), stop);
    NT_CHECK(team.settle(options, shared));
    Watch watch(team.runners(), shared, options.listen_text);
    if (options.lock_memory) {
        NT_CHECK(worker::lock_memory());
    }
    NT_CHECK(worker::drop_rights());
    if (keeper != 0) {
        NT_CHECK(worker::end_with(keeper));
    }
    shared.head.set_state(worker::State::ready);
    const char* const notified = std::getenv("NOTIFY_SOCKET");
    if (const Status ready = worker::notify_ready(notified == nullptr ? "" : notified,
                                                  "listens to " + options.listen_text);
        !ready) {
        static_cast<void>(told(ready.error(), 0));  // packets are taken all the same
    }
    say(stdout, fmt::format("ready: {} on {}\n", shared.head.how.data(), options.listen_text));
    std::fflush(stdout);
    NT_CHECK(worker::leave_few_system_calls());
    team.go();
    watch.run(stop);
    return {};
}

/// Of threads to come: all memory is locked, and theirs is small.
void keep_stacks_small() {
    constexpr std::size_t enough = 1 << 20;
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, enough);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

int run(const WorkerOptions& options) {
    ::prctl(PR_SET_NAME, "nanotune-worker", 0, 0, 0);  // its keeper calls it /proc/self/exe
    keep_stacks_small();
    std::signal(SIGTERM, ask_to_stop);
    std::signal(SIGINT, ask_to_stop);
    const auto file = own_file(options);
    if (!file) {
        return told(file.error(), failed);
    }
    Shared& shared = *static_cast<Shared*>(file->memory());
    const Status ended = run_until_stopped(options, shared);
    shared.head.set_state(worker::State::ended);
    return ended ? 0 : told(ended.error(), failed);
}

int keep(std::string folder, std::string_view how) {
    return worker::keep(
        {.folder = std::move(folder), .is_anew = how == "anew", .is_unit = how == "unit"});
}

/// What is no worker's file, or not any more, is left out.
int tell_metrics(std::span<char*> words) {
    std::vector<std::pair<std::string, worker::SharedFile>> files;
    for (std::size_t at = 0; at + 1 < words.size(); at += 2) {
        if (auto file = shared_file(words[at + 1], false)) {
            files.emplace_back(words[at], *std::move(file));
        }
    }
    std::vector<std::pair<std::string, const Shared*>> workers;
    for (const auto& [name, file] : files) {
        workers.emplace_back(name, static_cast<const Shared*>(file.memory()));
    }
    say(stdout, metrics_of(workers));
    return 0;
}

int watch_or_arm(std::string_view verb, const char* path) {
    const auto file = shared_file(path, verb != "report");
    if (!file) {
        return told(file.error(), failed);
    }
    auto* const shared = static_cast<Shared*>(file->memory());
    if (verb == "report") {
        say(stdout, report_of(*shared));
    } else {
        shared->control.arm(verb == "arm");
        worker::tell_waiters(shared->switches());
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const std::string_view verb = count > 1 ? words[1] : "";
    if (verb == "run") {
        const auto options = worker_options(std::span(words + 2, words + count));
        return options ? run(*options) : told(options.error(), misused);
    }
    if (verb == "keep" && count == 4) {
        return keep(words[2], words[3]);
    }
    if (verb == "metrics" && count % 2 == 0) {
        return tell_metrics(std::span(words + 2, words + count));
    }
    if ((verb == "report" || verb == "arm" || verb == "disarm") && count == 3) {
        return watch_or_arm(verb, words[2]);
    }
    say(stderr,
        "nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...\n"
        "nanotune-worker report|arm|disarm FILE\n");
    return misused;
}
