#include "system/storage/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/new_process.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// ethtool's longest answers have a few thousand lines.
constexpr std::size_t output_limit = 256UL * 1024;
constexpr std::chrono::milliseconds killed_patience{1'000};

constexpr std::string_view folders[] = {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

Result<std::string> path_of(const std::string& program) {
    for (const std::string_view folder : folders) {
        std::string path = std::string(folder) + program;
        if (!program.contains('/') && access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return failure(ErrorCode::not_found, program + " is not installed");
}

/// What the child writes, read without blocking.
struct Stream {
    Descriptor ours;
    Descriptor theirs;
    std::string text = {};

    static Result<Stream> open() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            return storage_failure("make a pipe", errno);
        }
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return Stream{.ours = Descriptor(ends[0]), .theirs = Descriptor(ends[1])};
    }

    void drain() {
        std::array<char, 16384> chunk{};
        ssize_t got = 0;
        while ((got = read(ours.number(), chunk.data(), chunk.size())) > 0) {
            const std::size_t room = output_limit - std::min(output_limit, text.size());
            text.append(chunk.data(), std::min(room, static_cast<std::size_t>(got)));
        }
        if (got == 0) {
            ours = Descriptor();  // no more is to come
        }
    }
};

Result<pid_t> started(const std::string& path, std::span<const std::string> words,
                      const Stream& out, const Stream& error) {
    NewProcess made;
    made.give_nothing(STDIN_FILENO);
    made.give(out.theirs.number(), STDOUT_FILENO);
    made.give(error.theirs.number(), STDERR_FILENO);
    made.leave_folder();
    pid_t process = 0;
    const int reason = made.start(process, path, words, STDERR_FILENO + 1, plain_environment());
    return reason == 0 ? Result<pid_t>(process) : storage_failure("start " + path, reason);
}

int left_until(Deadline deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

bool ends_by(const Descriptor& process, Deadline deadline, Stream& out, Stream& error) {
    while (true) {
        std::array<pollfd, 3> watched{
            {{.fd = process.number(), .events = POLLIN, .revents = 0},
             {.fd = out.ours.number(), .events = POLLIN, .revents = 0},
             {.fd = error.ours.number(), .events = POLLIN, .revents = 0}}};
        const int left = left_until(deadline);
        const int ready = poll(watched.data(), watched.size(), left);
        for (Stream* stream : {&out, &error}) {
            if (stream->ours.is_open()) {
                stream->drain();
            }
        }
        if (ready > 0 && watched[0].revents != 0) {
            return true;
        }
        if (left == 0) {
            return false;
        }
    }
}

std::optional<int> status_of(pid_t process) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return std::nullopt;
        }
    }
    return status;
}

Result<std::string> answer(const std::string& name, std::optional<int> status, Stream out,
                           std::string error) {
    if (status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0) {
        return std::move(out.text);
    }
    error.resize(without_line_ends(error).size());
    std::ranges::replace(error, '\n', ' ');
    const std::string end = status && WIFEXITED(*status)
                                ? fmt::format("it ended with {}", WEXITSTATUS(*status))
                                : "it was killed";
    return failure(ErrorCode::refused, fmt::format("{}: {}", name, error.empty() ? end : error));
}

}  // namespace

Result<std::string> output_of(const std::vector<std::string>& command,
                              std::chrono::milliseconds limit) {
    const Deadline deadline = Clock::now() + limit;
    NT_TRY(const std::string path, path_of(command.front()));
    NT_TRY(Stream out, Stream::open());
    NT_TRY(Stream error, Stream::open());
    NT_TRY(const pid_t process, started(path, command, out, error));
    out.theirs = Descriptor();
    error.theirs = Descriptor();
    const Descriptor handle(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
    if (!handle.is_open() || !ends_by(handle, deadline, out, error)) {
        kill(process, SIGKILL);
        // What hangs in the kernel does not even die; it is left to whoever reaps it later.
        if (handle.is_open() && ends_by(handle, Clock::now() + killed_patience, out, error)) {
            (void)status_of(process);
        }
        return failure(ErrorCode::timed_out, fmt::format("{} did not answer within {} ms",
                                                         command.front(), limit.count()));
    }
    return answer(command.front(), status_of(process), std::move(out), std::move(error.text));
}

}  // namespace nanotune
