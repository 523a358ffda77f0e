// nanotune-worker: the process of one datapath. One thread, which never waits once it is ready.
//
//   nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...
//   nanotune-worker report FILE      what it has counted
//   nanotune-worker arm FILE         orders are sent from now on
//   nanotune-worker disarm FILE      and from now on no more
#include <atomic>
#include <csignal>
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
#include <unistd.h>

#include "datapath/processor/shared.hpp"
#include "datapath/processor/ticks.hpp"
#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "worker/binding.hpp"
#include "worker/readiness.hpp"
#include "worker/rights.hpp"
#include "worker/shared_file.hpp"

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

Shared& prepared(void* memory, const WorkerOptions& options) {
    Shared& shared = *new (memory) Shared{};
    shared.version = Shared::right_version;
    shared.size = sizeof(Shared);
    shared.process = static_cast<std::uint32_t>(::getpid());
    shared.ticks_per_second = measured_ticks_per_second();
    shared.started = nanoseconds(CLOCK_BOOTTIME);
    put(shared.backend, options.backend == Backend::udp      ? "udp"
                        : options.backend == Backend::packet ? "packet"
                                                             : "af_xdp");
    put(shared.listens_to, options.listen_text);
    shared.control.set_order(options.price, options.quantity);
    shared.control.set_network_order(options.network_order);
    shared.control.arm(options.is_armed);
    shared.magic = Shared::right_magic;
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
    if (options.real_time) {
        NT_CHECK(worker::set_real_time(*options.real_time));
    }
    NT_CHECK(worker::drop_rights());
    return runner;
}

Status run_until_stopped(const WorkerOptions& options, worker::SharedFile& file, Shared& shared) {
    NT_CHECK(file.publish());
    NT_TRY(const auto runner, settled_runner(options, shared));
    shared.set_state(WorkerState::ready);
    const char* const notified = std::getenv("NOTIFY_SOCKET");
    if (const Status ready = worker::notify_ready(notified == nullptr ? "" : notified,
                                                  "listens to " + options.listen_text);
        !ready) {
        static_cast<void>(told(ready.error(), 0));  // packets are taken all the same
    }
    say(stdout, fmt::format("ready: {} on {}\n", shared.backend.data(), options.listen_text));
    std::fflush(stdout);
    runner->run(stop);
    return {};
}

int run(const WorkerOptions& options) {
    std::signal(SIGTERM, ask_to_stop);
    std::signal(SIGINT, ask_to_stop);
    auto file = worker::SharedFile::create(options.shared, sizeof(Shared));
    if (!file) {
        return told(file.error(), failed);
    }
    Shared& shared = prepared(file->memory(), options);
    const Status ended = run_until_stopped(options, *file, shared);
    shared.set_state(WorkerState::ended);
    return ended ? 0 : told(ended.error(), failed);
}

/// The shared file of a worker, seen to be one of this version.
Result<worker::SharedFile> shared_file(const char* path, bool for_writing) {
    NT_TRY(worker::SharedFile file, worker::SharedFile::open(path, sizeof(Shared), for_writing));
    if (!static_cast<const Shared*>(file.memory())->is_right()) {
        return failure(ErrorCode::damaged,
                       fmt::format("{}: it is of another version of nanotune-worker", path));
    }
    return file;
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
    if ((verb == "report" || verb == "arm" || verb == "disarm") && count == 3) {
        return watch_or_arm(verb, words[2]);
    }
    say(stderr,
        "nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...\n"
        "nanotune-worker report|arm|disarm FILE\n");
    return misused;
}
