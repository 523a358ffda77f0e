// nanotune exec: a command bound to CPUs, memory and a scheduling class, every step read back.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>

#include <fmt/core.h>
#include <unistd.h>

#include "../context.hpp"
#include "../json.hpp"
#include "../launch.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

// As env(1), nice(1) and their kin do.
constexpr int own_failure = 125;
constexpr int not_executable = 126;
constexpr int not_found = 127;

constexpr Option options[] = {
    {.name = "profile",
     .value = "PROFILE",
     .help = "its CPU plan gives words to --cpus; without --cpus: its datapath CPUs"},
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
    {.name = "cpus",
     .value = "CPUS",
     .help = "run on these only: 2-3,8, or datapath, isolated, numa(eth0), siblings(2)"},
    {.name = "node", .value = "LIST", .help = "take memory from these NUMA nodes only"},
    {.name = "realtime", .value = "POLICY:N", .help = "fifo:80, rr:10 or other"},
    {.name = "timer-slack",
     .value = "TIME",
     .help = "how late its timers may fire: 1ns; real-time classes have no slack"},
    {.name = "lock-memory", .help = "keep all its memory in RAM, from its start"},
};

Ended failed(const Context& context, const Problems& problems, int status) {
    // Standard output is the command's.
    if (context.look().json) {
        context.screen().raw_error(json_of("exec", problems, status));
    } else {
        for (const Error& problem : problems) {
            context.screen().error(problem);
        }
    }
    return status;
}

std::expected<std::optional<CpuSet>, Failure> wanted_cpus(const Context& context) {
    const Arguments& arguments = context.arguments();
    if (arguments.has("set") && !arguments.has("profile")) {
        return std::unexpected(Failure(
            Error{.code = ErrorCode::invalid,
                  .message = "--set gives a variable of a profile its value, and no --profile is "
                             "given"}));
    }
    if (!arguments.has("cpus") && !arguments.has("profile")) {
        return std::nullopt;
    }
    const std::string text = arguments.text("cpus", "datapath");
    auto cpus = CpuSet::from_list(text);
    if (!cpus) {
        std::optional<ProfileRequest> profile;
        if (arguments.has("profile")) {
            NT_TRY(profile, context.profile(arguments.text("profile")));
        }
        NT_TRY(const auto service, context.service());
        NT_TRY(cpus, service->cpus(profile, text));
    }
    if (cpus->empty()) {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::invalid,
                          .message = fmt::format("--cpus {}: that is no CPU at all", text)}));
    }
    return *std::move(cpus);
}

std::expected<Binding, Failure> binding_of(const Context& context) {
    const Arguments& arguments = context.arguments();
    Binding binding;
    NT_TRY(binding.cpus, wanted_cpus(context));
    if (arguments.has("node")) {
        auto nodes = CpuSet::from_list(arguments.text("node"));
        if (!nodes || nodes->empty()) {
            return std::unexpected(Failure(
                Error{.code = ErrorCode::invalid,
                      .message = fmt::format("--node {}: expected node numbers such as 0 or 0-1",
                                             arguments.text("node"))}));
        }
        binding.nodes = *std::move(nodes);
    }
    if (arguments.has("realtime")) {
        NT_TRY(binding.real_time, real_time_of(arguments.text("realtime")));
    }
    if (arguments.has("timer-slack")) {
        NT_TRY(binding.timer_slack, timer_slack_of(arguments.text("timer-slack")));
    }
    binding.unlimited_locking = arguments.has("lock-memory");
    return binding;
}

/// Has the object that locks memory loaded into the command.
Status preload_lock(const Context& context, const std::string& program) {
    NT_CHECK(takes_preload(program));
    const std::string& object = context.surroundings().places.lock_object;
    if (::access(object.c_str(), R_OK) != 0) {
        return kernel_failure("--lock-memory: " + object, errno);
    }
    const std::string& before = context.surroundings().preload;
    const std::string value = before.empty() ? object : object + ":" + before;
    if (::setenv("LD_PRELOAD", value.c_str(), 1) != 0) {
        return kernel_failure("--lock-memory: set LD_PRELOAD", errno);
    }
    return {};
}

void warn(const Context& context, const Binding& binding) {
    if (!context.look().json && binding.real_time && binding.real_time->priority == 99) {
        context.screen().error(
            "note: priority 99 competes with the kernel's own migration and watchdog threads; 98 "
            "is as good");
    }
}

Ended run(Context& context) {
    std::vector<std::string> command = context.arguments().command();
    if (command.empty()) {
        return failed(context,
                      {{.code = ErrorCode::invalid,
                        .message = "no command is given; it follows \"--\": nanotune exec "
                                   "[OPTION]... -- COMMAND"}},
                      own_failure);
    }
    const auto program = program_of(command.front(), context.surroundings().search_path);
    if (!program) {
        return failed(context, {program.error()},
                      program.error().code == ErrorCode::not_found ? not_found : not_executable);
    }
    const auto binding = binding_of(context);
    if (!binding) {
        return failed(context, binding.error().problems, own_failure);
    }
    warn(context, *binding);
    Status ready = bind(*binding);
    if (ready && binding->unlimited_locking) {
        ready = preload_lock(context, *program);
    }
    if (!ready) {
        return failed(context, {ready.error()}, own_failure);
    }
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (std::string& word : command) {
        words.push_back(word.data());
    }
    words.push_back(nullptr);
    if (!context.surroundings().ignores_size_limit) {
        std::signal(SIGXFSZ, SIG_DFL);  // which main ignores
    }
    ::execv(program->c_str(), words.data());
    const int error = errno;
    return failed(context, {kernel_failure("run " + *program, error).error()},
                  error == ENOENT ? not_found : not_executable);
}

}  // namespace

constinit const Command exec_command = {
    .name = "exec",
    .help = "run a command bound to CPUs, memory node and real-time class",
    .options = options,
    .details =
        "Does what taskset, numactl --membind and chrt do, in one step, and reads each back: what "
        "the kernel did not take as asked is an error, and the command is not run. "
        "Memory locks do not survive the start of a program: --lock-memory therefore raises "
        "RLIMIT_MEMLOCK and preloads an object that locks all memory before the command's first "
        "line. Static and set-user-id programs cannot be reached so, and are refused. "
        "Exit status: the command's; 125 where nanotune could not set it up, 126 where the "
        "command "
        "cannot be run, 127 where it is not found.",
    .run = run,
    .failure_status = own_failure,
    .takes_a_command = true,
    .acts = true};

}  // namespace nanotune::cli
