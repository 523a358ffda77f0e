// nanotune-worker: the process of one datapath: threads which never wait once they are ready, and
// one that looks after them.
//
//   nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...
//   nanotune-worker report FILE      what it has counted
//   nanotune-worker arm FILE         orders are sent from now on
//   nanotune-worker disarm FILE      and from now on no more
//   nanotune-worker trace FILE [N]   its packets as they come, N of them
//
// `nanotune-worker metrics [NAME FILE]...` is the report of all those, under their names, for
// Prometheus.
//
// `nanotune-worker keep FOLDER anew|again|unit` is the keeper of one that a profile started.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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

#include <nanotune/numbers.hpp>

#include "backends.hpp"
#include "datapath/ports/device_presence.hpp"
#include "listening.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "shared.hpp"
#include "state_file.hpp"
#include "team.hpp"
#include "trace.hpp"
#include "watch.hpp"
#include "worker/binding.hpp"
#include "worker/keeper.hpp"
#include "worker/memory_nodes.hpp"
#include "worker/readiness.hpp"
#include "worker/rights.hpp"
#include "worker/shared_file.hpp"
#include "worker/system_calls.hpp"
#include "worker/worker_folder.hpp"

namespace {

using namespace nanotune;
using namespace nanotune::datapath;

constexpr int failed = 1;
constexpr int misused = 2;
/// Less than that of whoever ends a worker, and kills it then.
constexpr std::chrono::milliseconds end_patience{1'000};

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

CpuSet cpus_of(const WorkerOptions& options) {
    CpuSet cpus;
    for (const unsigned cpu : options.cpus) {
        cpus.add(cpu);
    }
    return cpus;
}

/// Without threads that do not end.
[[noreturn]] void end_at_once(const Status& why, Shared& shared) {
    static_cast<void>(told(why.error(), failed));
    shared.head.set_state(worker::State::ended);
    std::_Exit(failed);
}

Status run_until_stopped(const WorkerOptions& options, const worker::BoundMemory& memory,
                         Shared& shared) {
    const int keeper = worker::keeper();
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return kernel_failure("ask for the CPUs that are allowed", errno);
    }
    if (options.logic == LogicName::strategy) {
        NT_CHECK(worker::leave_no_new_processes());
    }
    // Before ports are opened, which takes its time: whatever becomes of it since is seen.
    auto presence =
        DevicePresence::open(options.device, options.listen.is_ipv6, group_of(options).has_value());
    NT_TRY(Runners runners, opened_runners(options, shared));
    NT_CHECK(leave_workers_alone(options, allowed));
    Team team(std::move(runners), stop);
    NT_CHECK(team.settle(options, shared));
    Watch watch(team.runners(), shared, options.listen_text);
    if (const auto group = group_of(options)) {
        NT_CHECK(watch.follow(*group));
    }
    if (!options.device.empty()) {
        NT_TRY(DevicePresence as_before, std::move(presence));
        watch.follow(std::move(as_before), goes_past_kernel(shared.head.how.data()));
    }
    if (options.lock_memory) {
        NT_CHECK(worker::lock_memory());
    }
    const std::string there = memory.how();
    std::copy_n(there.begin(), std::min(there.size(), shared.memory.size() - 1),
                shared.memory.begin());
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
    NT_CHECK(worker::leave_few_system_calls(options.responds_by_tcp));
    team.go();
    Status watched = watch.run(stop);
    stop.store(true);
    if (!team.ends_within(end_patience)) {
        end_at_once(watched ? failure(ErrorCode::timed_out, "a worker is with its strategy")
                            : std::move(watched),
                    shared);
    }
    return watched;
}

/// Until its device is there and up, and it has its address: whoever took them away may bring them
/// back.
void wait_for_grounds(const WorkerOptions& options, const std::string& before, Shared& shared) {
    constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 100'000'000};
    // Of one that is ended while it waits, the next one is to know what this one knew.
    const bool was_past_kernel = goes_past_kernel(before);
    const std::string was =
        was_past_kernel ? before.substr(0, before.find_first_of(":;, ")) + ": " : "";
    while (!stop.load()) {
        const bool is_device_up = options.device.empty() || is_up(options.device);
        if (is_device_up && has_address(options, was_past_kernel)) {
            note(shared, was + "starts");
            return;
        }
        note(shared,
             !is_device_up ? fmt::format("{}waits until {} is there and up", was, options.device)
             : is_group(options.listen)
                 ? fmt::format("{}waits until {} has an address that orders could come from", was,
                               options.device)
                 : fmt::format("{}waits until this host has the address of {}", was,
                               options.listen_text));
        ::nanosleep(&between_looks, nullptr);
    }
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
    const auto memory = worker::BoundMemory::to_nodes_of(cpus_of(options));
    const std::string before = options.is_resumed ? how_before(options) : "";
    const auto file = own_file(options);
    if (!file) {
        return told(file.error(), failed);
    }
    Shared& shared = *static_cast<Shared*>(file->memory());
    if (options.is_patient) {
        wait_for_grounds(options, before, shared);
    }
    const Status ended = stop.load() ? Status() : run_until_stopped(options, memory, shared);
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
    if (verb != "report") {
        const Status turned = turn_switch(path, verb == "arm");
        return turned ? 0 : told(turned.error(), failed);
    }
    const auto file = shared_file(path, false);
    if (!file) {
        return told(file.error(), failed);
    }
    const auto& shared = *static_cast<const Shared*>(file->memory());
    say(stdout, report_of(shared, worker::WorkerFolder::record_beside(path)));
    return 0;
}

int trace_packets(const char* path, std::string_view most) {
    const auto count = whole_number<std::uint64_t>(most);
    if (!count) {
        return told({.code = ErrorCode::invalid, .message = "trace: no number of packets"},
                    misused);
    }
    const auto file = shared_file(path, true);
    if (!file) {
        return told(file.error(), failed);
    }
    std::signal(SIGTERM, ask_to_stop);
    std::signal(SIGINT, ask_to_stop);
    const Status ended = trace(*static_cast<Shared*>(file->memory()), *count, stop);
    return ended ? 0 : told(ended.error(), failed);
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write
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
    if (verb == "trace" && (count == 3 || count == 4)) {
        return trace_packets(words[2], count == 4 ? words[3] : "0");
    }
    if ((verb == "report" || verb == "arm" || verb == "disarm") && count == 3) {
        return watch_or_arm(verb, words[2]);
    }
    say(stderr,
        "nanotune-worker run --shared FILE --listen ADDRESS:PORT [OPTION]...\n"
        "nanotune-worker report|arm|disarm|trace FILE\n");
    return misused;
}
