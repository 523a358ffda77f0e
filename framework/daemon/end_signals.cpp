#include "daemon/end_signals.hpp"

#include <cerrno>
#include <csignal>
#include <utility>

#include <sys/signalfd.h>
#include <unistd.h>

namespace nanotune::daemon {

Result<EndSignals> EndSignals::open() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&set, signal);
    }
    Descriptor descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.is_open()) {
        return kernel_failure("signalfd", errno);
    }
    return EndSignals(std::move(descriptor));
}

bool EndSignals::has_come() const {
    signalfd_siginfo info{};
    return ::read(descriptor_.number(), &info, sizeof info) == sizeof info;
}

}  // namespace nanotune::daemon
