#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

Run timed_run(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));  // posix_spawn's own signature
    }
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);

    const auto started = std::chrono::steady_clock::now();
    pid_t child = 0;
    const int refused =
        posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
    int status = 0;
    if (refused == 0) {
        waitpid(child, &status, 0);
    }
    const auto ended = std::chrono::steady_clock::now();
    posix_spawn_file_actions_destroy(&actions);

    Run run{.exit_status = 127, .elapsed = ended - started};
    if (refused == 0) {
        run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return run;
}

void forget_pages(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    fdatasync(file);  // dirty pages cannot be dropped
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

}  // namespace bench
