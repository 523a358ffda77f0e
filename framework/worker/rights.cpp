#include "worker/rights.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string_view>

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace nanotune::worker {

namespace {

constexpr User nobody{.user = 65534, .group = 65534};

}  // namespace

User worker_user(const std::string& file) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> users(std::fopen(file.c_str(), "re"),
                                                                std::fclose);
    if (!users) {
        return nobody;
    }
    while (const passwd* const known = ::fgetpwent(users.get())) {
        if (std::string_view(known->pw_name) == "nanotune-worker") {
            const bool is_root = known->pw_uid == 0 || known->pw_gid == 0;
            return is_root ? nobody : User{.user = known->pw_uid, .group = known->pw_gid};
        }
    }
    return nobody;
}

Status drop_rights() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return kernel_failure("no new privileges", errno);
    }
    if (::geteuid() != 0) {
        return {};
    }
    const auto [user, group] = worker_user();
    if (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0 ||
        ::setresuid(user, user, user) != 0) {
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
