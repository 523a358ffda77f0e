#include "worker/rights.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

namespace {

constexpr User nobody{.user = 65534, .group = 65534};

Status give_up_root() {
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

/// Of this thread: those that it could pass on to another program among them.
void give_up_capabilities(int /*signal*/) {
    const int error = errno;
    __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    ::syscall(SYS_capset, &head, none.data());
    errno = error;
}

bool has_capabilities(const std::string& thread) {
    constexpr std::size_t limit = 16UL << 10;
    constexpr std::string_view permitted = "CapPrm:\t";
    const auto text = read_file(thread + "/status", limit);
    if (!text) {
        return false;  // it has ended
    }
    const std::string_view all = *text;
    const std::size_t at = all.find(permitted);
    return at == std::string_view::npos ||
           all.substr(at + permitted.size()).find_first_not_of('0') !=
               all.substr(at + permitted.size()).find('\n');
}

/// The threads that have some, as the kernel tells.
std::vector<pid_t> with_capabilities() {
    std::vector<pid_t> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        const auto thread = whole_number<pid_t>(entry.path().filename().string());
        if (thread && has_capabilities(entry.path().string())) {
            found.push_back(*thread);
        }
    }
    return found;
}

/// Capabilities are a thread's, and nobody else can take them: each is asked by a signal. Who gave
/// up root has none, but where the process was told to keep them.
Status give_up_all_capabilities() {
    constexpr auto patience = std::chrono::seconds(2);
    const int signal = SIGRTMIN;
    struct sigaction action{};
    action.sa_handler = give_up_capabilities;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (auto threads = with_capabilities(); !threads.empty(); threads = with_capabilities()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return failure(ErrorCode::timed_out, "give up capabilities: a thread keeps them");
        }
        for (const pid_t thread : threads) {
            ::tgkill(::getpid(), thread, signal);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::signal(signal, SIG_IGN);
    return {};
}

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
    if (::geteuid() == 0) {
        NT_CHECK(give_up_root());
    }
    return give_up_all_capabilities();
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
