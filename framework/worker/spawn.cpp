#include "worker/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/new_process.hpp"
#include "system/storage/storage.hpp"
#include "worker/worker_process.hpp"

namespace nanotune::worker {

namespace {

using Clock = std::chrono::steady_clock;

/// What somebody prints, up to a line's end where one is wanted; nothing where that takes too long.
std::optional<std::string> printed(const Descriptor& pipe, Clock::time_point deadline,
                                   bool one_line) {
    std::string text;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd ready{.fd = pipe.number(), .events = POLLIN, .revents = 0};
        if (left.count() <= 0 ||
            (::poll(&ready, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)) {
            return std::nullopt;
        }
        if (ready.revents == 0) {
            continue;
        }
        std::array<char, 1024> chunk;
        const ssize_t got = ::read(pipe.number(), chunk.data(), chunk.size());
        if (got <= 0) {
            return text;
        }
        text.append(chunk.data(), static_cast<std::size_t>(got));
        if (const auto end = text.find('\n'); one_line && end != std::string::npos) {
            return text.substr(0, end);
        }
    }
}

struct Started {
    pid_t process = 0;
    Descriptor output;
};

Result<Started> started(const std::string& program, std::span<const std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return kernel_failure("make a pipe", errno);
    }
    Started made{.output = Descriptor(ends[0])};
    const Descriptor theirs(ends[1]);
    std::vector<std::string> all{program};
    all.insert(all.end(), words.begin(), words.end());
    NewProcess child;
    child.give_nothing(STDIN_FILENO);
    child.give(theirs.number(), STDOUT_FILENO);
    child.give(theirs.number(), STDERR_FILENO);
    if (const int error =
            child.start(made.process, program, all, STDERR_FILENO + 1, plain_environment());
        error != 0) {
        return kernel_failure("start " + program, error);
    }
    return made;
}

/// How it ended, as wait(2) says.
int await(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

Result<std::string> answer_of(const std::string& program, std::span<const std::string> words,
                              std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    NT_TRY(const Started child, started(program, words));
    std::string line = printed(child.output, deadline, true).value_or(std::string());
    static_cast<void>(await(child.process));
    return line;
}

Result<std::string> output_of(const std::string& program, std::span<const std::string> words,
                              std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    NT_TRY(const Started child, started(program, words));
    std::optional<std::string> text = printed(child.output, deadline, false);
    if (!text) {
        ::kill(child.process, SIGKILL);
    }
    const int status = await(child.process);
    if (!text) {
        return failure(ErrorCode::timed_out, fmt::format("{}: it does not answer", program));
    }
    if (status == 0) {
        return *std::move(text);
    }
    // One that is killed has not said why, whatever it had said before.
    const std::string why =
        WIFEXITED(status) ? own_words(*text, program.substr(program.rfind('/') + 1)) : "";
    return failure(ErrorCode::refused,
                   why.empty() ? fmt::format("{}: {}", program, ending(status)) : why);
}

}  // namespace nanotune::worker
