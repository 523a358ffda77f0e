// A short-lived child, watched through its pidfd and the pipe behind its standard error.
#include "system/storage/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/memory_file.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t words_limit = 4096;
constexpr int setup_failed = 125;
constexpr int cannot_tell = 124;
constexpr std::size_t found_limit = 64UL << 10;

/// Undoes in the child what the parent arranged for itself: handlers, masks, terminals.
void detach(const Descriptor& words, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(setup_failed);
    }
    for (int number = 1; number < NSIG; ++number) {
        (void)std::signal(number, SIG_DFL);  // SIGKILL, SIGSTOP and libc's own refuse, rightly
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    constexpr rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (dup2(null.number(), STDIN_FILENO) < 0 || dup2(null.number(), STDOUT_FILENO) < 0 ||
        dup2(words.number(), STDERR_FILENO) < 0) {
        _exit(setup_failed);
    }
}

/// Reads what is there, keeping at most `words_limit` bytes. False at the end of the pipe.
bool drain(const Descriptor& pipe, std::string& words) {
    std::array<char, words_limit> chunk{};
    while (true) {
        const ssize_t got = read(pipe.number(), chunk.data(), chunk.size());
        if (got < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (got == 0) {
            return false;
        }
        const std::size_t room = words_limit - std::min(words_limit, words.size());
        words.append(chunk.data(), std::min(room, static_cast<std::size_t>(got)));
    }
}

/// Whether the child ended before the deadline.
bool await_end(const Descriptor& child, const Descriptor& pipe, Clock::time_point deadline,
               std::string& words) {
    bool is_talking = true;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            return false;
        }
        std::array<pollfd, 2> watched{{{.fd = child.number(), .events = POLLIN, .revents = 0},
                                       {.fd = pipe.number(), .events = POLLIN, .revents = 0}}};
        const int ready = poll(watched.data(), is_talking ? 2 : 1,
                               static_cast<int>(std::min<long>(left.count(), 60'000)));
        if (ready > 0 && is_talking && watched[1].revents != 0) {
            is_talking = drain(pipe, words);
        }
        if (ready > 0 && watched[0].revents != 0) {
            drain(pipe, words);
            return true;
        }
    }
}

std::string ending(int status) {
    if (!WIFSIGNALED(status)) {
        return fmt::format("exit status {}", WEXITSTATUS(status));
    }
    const char* const name = sigabbrev_np(WTERMSIG(status));
    return name == nullptr ? fmt::format("killed by signal {}", WTERMSIG(status))
                           : fmt::format("killed by SIG{}", name);
}

Status verdict(std::string words, const std::string& end, ErrorCode code = ErrorCode::damaged) {
    words.resize(without_line_ends(words).size());
    std::ranges::replace(words, '\n', ' ');
    return failure(code, words.empty() ? end : fmt::format("{} ({})", words, end));
}

}  // namespace

Status in_child(const std::function<int()>& work, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return storage_failure("make a pipe", errno);
    }
    const Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
    const Descriptor returned(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        return storage_failure("start a process", errno);
    }
    if (pid == 0) {
        detach(theirs, parent);
        const int result = work();
        _exit(eventfd_write(returned.number(), 1) == 0 ? result : setup_failed);
    }
    theirs = Descriptor();
    const Descriptor child(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const int reason = errno;
    std::string words;
    const bool has_ended = child.is_open() && await_end(child, ours, deadline, words);
    if (!has_ended) {
        kill(pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return storage_failure("wait for a process", errno);
        }
    }
    if (!child.is_open()) {
        return storage_failure("watch a process", reason);
    }
    if (!has_ended) {
        return verdict(std::move(words), fmt::format("not done after {} ms", limit.count()),
                       ErrorCode::timed_out);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        // What it called may end a process, too, and say that all was well.
        eventfd_t times = 0;
        return eventfd_read(returned.number(), &times) == 0
                   ? Status()
                   : verdict(std::move(words), "ended in the middle");
    }
    return verdict(std::move(words), ending(status));
}

Result<std::string> found_in_child(const std::function<int(std::string& found)>& work,
                                   std::chrono::milliseconds limit) {
    NT_TRY(const Descriptor page, memory_file("found", "what a child finds"));
    NT_CHECK(in_child(
        [&] {
            std::string found;
            const int result = work(found);
            found.resize(std::min(found.size(), found_limit));
            return result != 0 || write_all(page, found, "found") ? result : cannot_tell;
        },
        limit));
    std::string found(found_limit, '\0');
    const ssize_t size = pread(page.number(), found.data(), found.size(), 0);
    if (size < 0) {
        return storage_failure("read what a child has found", errno);
    }
    found.resize(static_cast<std::size_t>(size));
    return found;
}

}  // namespace nanotune
