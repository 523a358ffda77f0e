// nanotune-worker: the process of one datapath. One thread, which never waits once it is ready.
//
//   nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...
//   nanotune-worker report FILE      what it has counted
//   nanotune-worker arm FILE         orders are sent from now on
//   nanotune-worker disarm FILE      and from now on no more
//
// `nanotune-worker keep FOLDER anew|again` is the keeper of one that a profile started.
#include <array>
#include <atomic>
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

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "datapath/processor/ticks.hpp"
#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "shared.hpp"
#include "worker/binding.hpp"
#include "worker/keeper.hpp"
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
    shared.counters.clear();
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

/// Everything that a worker needs rights for, in the order in which it needs them.
Result<std::unique_ptr<Runner>> settled_runner(const WorkerOptions& options, Shared& shared) {
    if (options.cpu) {
        NT_CHECK(worker::bind_to_cpu(*options.cpu));
    }
    NT_TRY(auto runner, opened_runner(options, shared));
    if (options.lock_memory) {
        NT_CHECK(worker::lock_memory());
    }
    if (options.real_time != 0) {
        NT_CHECK(worker::set_real_time(options.real_time));
    }
    NT_CHECK(worker::drop_rights());
    return runner;
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
    NT_TRY(const auto runner, settled_runner(options, shared));
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
    runner->run(stop);
    return {};
}

int run(const WorkerOptions& options) {
    ::prctl(PR_SET_NAME, "nanotune-worker", 0, 0, 0);  // its keeper calls it /proc/self/exe
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
    return worker::keep({.folder = std::move(folder), .is_anew = how == "anew"});
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
    if ((verb == "report" || verb == "arm" || verb == "disarm") && count == 3) {
        return watch_or_arm(verb, words[2]);
    }
    say(stderr,
        "nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...\n"
        "nanotune-worker report|arm|disarm FILE\n");
    return misused;
}
