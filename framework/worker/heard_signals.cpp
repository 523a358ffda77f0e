#include "worker/heard_signals.hpp"

#include <cerrno>
#include <csignal>

#include <sys/signalfd.h>

namespace nanotune::worker {

Result<Descriptor> signals_heard() {
    sigset_t heard;
    sigemptyset(&heard);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) {
        sigaddset(&heard, signal);
    }
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    if (::sigprocmask(SIG_BLOCK, &heard, nullptr) != 0) {
        return kernel_failure("block signals", errno);
    }
    Descriptor signals(::signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.is_open()) {
        return kernel_failure("hear signals", errno);
    }
    return signals;
}

}  // namespace nanotune::worker
