#include "process/new_process.hpp"

#include <array>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace nanotune {

namespace {

/// As execve(2) takes them: it writes to none.
std::vector<char*> pointers_to(std::span<const std::string> words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (const std::string& word : words) {
        pointers.push_back(const_cast<char*>(word.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

NewProcess::NewProcess() {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

NewProcess::~NewProcess() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
}

void NewProcess::give(int descriptor, int as) {
    posix_spawn_file_actions_adddup2(&files_, descriptor, as);
}

void NewProcess::give_nothing(int as) {
    posix_spawn_file_actions_addopen(&files_, as, "/dev/null", O_RDWR, 0);
}

void NewProcess::leave_folder() {
    posix_spawn_file_actions_addchdir_np(&files_, "/");
}

int NewProcess::start(pid_t& process, const std::string& path, std::span<const std::string> words,
                      int first_closed, std::span<const std::string> environment) {
    posix_spawn_file_actions_addclosefrom_np(&files_, first_closed);
    const std::vector<char*> arguments = pointers_to(words);
    const std::vector<char*> variables = pointers_to(environment);
    return posix_spawn(&process, path.c_str(), &files_, &attributes_, arguments.data(),
                       environment.empty() ? environ : variables.data());
}

std::span<const std::string> plain_environment() {
    static const std::array<std::string, 2> words = {"LC_ALL=C",
                                                     "PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    return words;
}

}  // namespace nanotune
