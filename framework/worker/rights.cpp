#include "worker/rights.hpp"

#include <cerrno>
#include <csignal>

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace nanotune::worker {

namespace {

constexpr unsigned nobody = 65534;

}  // namespace

Status drop_rights() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return kernel_failure("no new privileges", errno);
    }
    if (::geteuid() != 0) {
        return {};
    }
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
        ::setresuid(nobody, nobody, nobody) != 0) {
        return kernel_failure("give up root", errno);
    }
    if (::setresuid(0, 0, 0) == 0) {
        return failure(ErrorCode::refused, "give up root: it could be taken back");
    }
    return {};
}

int keeper() {
    int signal = 0;
    return ::prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0) == 0 && signal != 0 ? ::getppid() : 0;
}

Status end_with(int keeper) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
        return kernel_failure("end with the keeper", errno);
    }
    return ::getppid() == keeper ? Status() : failure(ErrorCode::refused, "the keeper has ended");
}

}  // namespace nanotune::worker
