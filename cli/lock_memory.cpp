// Preloaded into the command of `nanotune exec --lock-memory`: memory locks do not survive
// execve(2), so the new program itself must take them, before its own first line runs. Uses the C
// library alone.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>

namespace {

void say(const char* text) {
    // Nothing can be done where even this does not get through.
    [[maybe_unused]] const ssize_t count = ::write(STDERR_FILENO, text, std::strlen(text));
}

// What the program allocates later is locked too.
__attribute__((constructor)) void lock_all_memory() {
    if (::mlockall(MCL_CURRENT | MCL_FUTURE) == 0) {
        return;
    }
    say("nanotune exec --lock-memory: mlockall: ");
    const char* name = ::strerrorname_np(errno);
    say(name == nullptr ? "?" : name);
    say(": CAP_IPC_LOCK or a larger RLIMIT_MEMLOCK is needed; the command was not started\n");
    ::_exit(125);
}

}  // namespace
