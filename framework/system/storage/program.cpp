#include "system/storage/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

/// posix_spawn's two option objects, freed together.
class Surroundings {
  public:
    Surroundings(const Stream& out, const Stream& error) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, out.theirs.number(), STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, error.theirs.number(), STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        posix_spawn_file_actions_addchdir_np(&actions_, "/");
    }
    ~Surroundings() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    Surroundings(Surroundings&&) = delete;
    Surroundings& operator=(Surroundings&&) = delete;

    /// The program, with an environment of two words.
    Result<pid_t> start(const std::string& path, std::vector<std::string> words) const {
        std::vector<char*> arguments;
        std::ranges::transform(words, std::back_inserter(arguments),
                               [](std::string& word) { return word.data(); });
        arguments.push_back(nullptr);
        std::string language = "LC_ALL=C";
        std::string search = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        std::array<char*, 3> environment = {language.data(), search.data(), nullptr};
        pid_t process = 0;
        const int error = posix_spawn(&process, path.c_str(), &actions_, &attributes_,
                                      arguments.data(), environment.data());
        return error == 0 ? Result<pid_t>(process) : storage_failure("start " + path, error);
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

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
    while (!error.empty() && error.back() == '\n') {
        error.pop_back();
    }
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
    NT_TRY(const pid_t process, Surroundings(out, error).start(path, command));
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
