#include "worker/rights.hpp"

#include <algorithm>
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

#include <fmt/core.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::worker {

namespace {

constexpr User nobody{.user = 65534, .group = 65534};
constexpr const char* own_threads = "/proc/self/task";
constexpr std::string_view capability_sets[] = {"CapInh:\t", "CapPrm:\t"};

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

/// Some that it has, or could pass on. None where it has ended.
Result<bool> has_capabilities(const std::string& thread) {
    constexpr std::size_t limit = 16UL << 10;
    const auto text = read_file(thread + "/status", limit);
    if (!text) {
        const bool has_ended = ::access(thread.c_str(), F_OK) != 0 && errno == ENOENT;
        return has_ended ? Result<bool>(false) : std::unexpected(text.error());
    }
    const std::string_view all = *text;
    return std::ranges::any_of(capability_sets, [all](std::string_view set) {
        const std::size_t at = all.find(set);
        const std::string_view rest = at == all.npos ? "?" : all.substr(at + set.size());
        return rest.find_first_not_of('0') != rest.find('\n');
    });
}

/// The threads that have some, as the kernel tells. Errors: where it does not: nobody says then
/// that there are none.
Result<std::vector<pid_t>> with_capabilities() {
    std::vector<pid_t> found;
    std::size_t threads = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(own_threads, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto thread = whole_number<pid_t>(entry->path().filename().string());
        if (!thread) {
            continue;
        }
        ++threads;
        NT_TRY(const bool has_some, has_capabilities(entry->path().string()));
        if (has_some) {
            found.push_back(*thread);
        }
    }
    if (error || threads == 0) {
        return kernel_failure("give up capabilities: look for threads that have some in /proc",
                              error ? error.value() : ENOENT);
    }
    return found;
}

/// "worker 0", as it calls itself.
std::string name_of_thread(pid_t thread) {
    constexpr std::size_t limit = 64;
    const std::string name =
        read_file(fmt::format("{}/{}/comm", own_threads, thread), limit).value_or("");
    std::string_view text = name;
    return fmt::format("{} ({})", thread, next_line(text));
}

/// Until it is gone, a signal has each thread give up its own. What is loaded into this process may
/// hear the same signal: it does so again afterwards.
class CapabilitySignal {
  public:
    CapabilitySignal() : number_(SIGRTMIN) {
        struct sigaction action{};
        action.sa_handler = give_up_capabilities;
        action.sa_flags = SA_RESTART;
        ::sigaction(number_, &action, &before_);
    }
    ~CapabilitySignal() {
        std::signal(number_, SIG_IGN);  // which drops what is still on its way
        ::sigaction(number_, &before_, nullptr);
    }
    CapabilitySignal(const CapabilitySignal&) = delete;
    CapabilitySignal& operator=(const CapabilitySignal&) = delete;
    CapabilitySignal(CapabilitySignal&&) = delete;
    CapabilitySignal& operator=(CapabilitySignal&&) = delete;

    void send(pid_t thread) const noexcept { ::tgkill(::getpid(), thread, number_); }

  private:
    int number_;
    struct sigaction before_{};
};

/// Capabilities are a thread's, and nobody else can take them: each is asked by a signal. Who gave
/// up root has none, but where the process was told to keep them.
Status give_up_all_capabilities() {
    constexpr auto patience = std::chrono::seconds(2);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    NT_TRY(std::vector<pid_t> threads, with_capabilities());
    const CapabilitySignal signal;
    while (!threads.empty()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return failure(ErrorCode::timed_out,
                           fmt::format("give up capabilities: thread {} keeps them, or takes no "
                                       "signals",
                                       name_of_thread(threads.front())));
        }
        for (const pid_t thread : threads) {
            signal.send(thread);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        NT_TRY(threads, with_capabilities());
    }
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
