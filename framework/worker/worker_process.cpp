#include "worker/worker_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/storage/next_line.hpp"

namespace nanotune::worker {

namespace {

constexpr std::size_t words_limit = 2000;

/// The last line that a worker said.
std::string last_line(std::string_view text) {
    text = without_line_ends(text);
    return own_words(text.substr(text.rfind('\n') + 1), "nanotune-worker");
}

/// Between fork and exec.
[[noreturn]] void begin(const Descriptor& output, pid_t parent, char* const* words) {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(output.number(), STDOUT_FILENO);
    ::dup2(output.number(), STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() == parent) {
        ::execv("/proc/self/exe", words);
    }
    ::_exit(127);
}

}  // namespace

std::string own_words(std::string_view text, std::string_view program) {
    text = without_line_ends(text);
    const std::string name = fmt::format("{}: ", program);
    return std::string(text.starts_with(name) ? text.substr(name.size()) : text);
}

std::string ending(int status) {
    if (WIFEXITED(status)) {
        return WEXITSTATUS(status) == 0 ? "ended by itself"
                                        : fmt::format("ended with {}", WEXITSTATUS(status));
    }
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return name == nullptr ? fmt::format("killed by signal {}", WTERMSIG(status))
                           : fmt::format("killed by SIG{}", name);
}

Result<WorkerProcess> WorkerProcess::start(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return kernel_failure("make a pipe", errno);
    }
    Descriptor ours(ends[0]);
    const Descriptor theirs(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t self = ::getpid();
    const pid_t process = ::fork();
    if (process == 0) {
        begin(theirs, self, arguments.data());
    }
    if (process < 0) {
        return kernel_failure("start the worker", errno);
    }
    return WorkerProcess(process, std::move(ours));
}

void WorkerProcess::listen() {
    std::array<char, 1024> chunk;
    const ssize_t got = ::read(output_.number(), chunk.data(), chunk.size());
    if (got <= 0) {
        if (got == 0) {
            output_ = Descriptor();
        }
        return;
    }
    said_.append(chunk.data(), static_cast<std::size_t>(got));
    hear_ready();
    said_.erase(0, said_.size() - std::min(said_.size(), words_limit));
}

/// Behind whatever else was said, on that line, too: what is loaded into the worker may have words.
void WorkerProcess::hear_ready() {
    constexpr std::string_view ready = "ready: ";
    for (std::size_t line = 0; !works_ && line < said_.size();) {
        const std::size_t end = said_.find('\n', line);
        if (end == std::string::npos) {
            return;
        }
        works_ = std::string_view(said_).substr(line, end - line).contains(ready);
        line = end + 1;
        if (works_) {
            said_.erase(0, line);
        }
    }
}

void WorkerProcess::signal(int number) const noexcept {
    ::kill(process_, number);
}

std::optional<WorkerProcess::End> WorkerProcess::end() {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) != process_) {
        return std::nullopt;
    }
    while (output_.is_open() && said_.size() < words_limit) {
        const std::size_t before = said_.size();
        listen();
        if (said_.size() == before) {
            break;
        }
    }
    return End{.how = ending(status), .words = last_line(said_)};
}

}  // namespace nanotune::worker
