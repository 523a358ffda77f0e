// Whom a packet processor becomes, and what it can do no more.
#include <atomic>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "worker/rights.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr unsigned nobody = 65534;

worker::User user_where(const std::string& users) {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/passwd";
    std::ofstream(file) << users;
    return worker::worker_user(file);
}

/// What becomes true in a process that has every capability in namespaces of its own, and
/// neither root's user nor more than one thread.
bool holds_where_there_are_capabilities(bool (*what)()) {
    const pid_t process = ::fork();
    if (process == 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
            ::_exit(2);
        }
        ::_exit(what() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(process, &status, 0);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        WARN("not tried: no user namespace can be made here, as in a chroot");
        return true;
    }
    return WEXITSTATUS(status) == 0;
}

std::atomic<int> heard{0};

/// Of the namespace: only who has a capability there may give itself another name for hosts.
bool may_still_do_something() {
    return ::unshare(CLONE_NEWUTS) == 0;
}

bool gives_up_and_leaves_signals_to_others() {
    std::atomic<bool> is_over{false};
    std::signal(SIGRTMIN, [](int) { ++heard; });
    std::thread other([&is_over] {
        while (!is_over.load()) {
            std::this_thread::yield();
        }
    });
    const Status given_up = worker::drop_rights();
    is_over.store(true);
    other.join();
    const int before = heard.load();
    std::raise(SIGRTMIN);
    return given_up && !may_still_do_something() && before == 0 && heard.load() == 1;
}

bool fails_where_nobody_says_that_nothing_is_left() {
    const bool is_hidden = ::mount("none", "/proc", "tmpfs", 0, nullptr) == 0;
    const Status given_up = worker::drop_rights();
    return is_hidden && !given_up && given_up.error().message.contains("/proc");
}

bool names_the_thread_that_hears_no_signal() {
    std::atomic<bool> is_deaf{false};
    std::thread([&is_deaf] {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
        ::prctl(PR_SET_NAME, "deaf one", 0, 0, 0);
        is_deaf.store(true);
        ::pause();
    }).detach();
    while (!is_deaf.load()) {
        std::this_thread::yield();
    }
    const Status given_up = worker::drop_rights();
    return !given_up && given_up.error().code == ErrorCode::timed_out &&
           given_up.error().message.contains("(deaf one)");
}

}  // namespace

TEST_CASE("a worker gives up what it may do, and leaves signals as they were", "[worker][rights]") {
    CHECK(holds_where_there_are_capabilities(gives_up_and_leaves_signals_to_others));
}

TEST_CASE("a worker that cannot see what it may do does not go on", "[worker][rights]") {
    CHECK(holds_where_there_are_capabilities(fails_where_nobody_says_that_nothing_is_left));
}

TEST_CASE("a worker names the thread that keeps what it may do", "[worker][rights]") {
    CHECK(holds_where_there_are_capabilities(names_the_thread_that_hears_no_signal));
}

TEST_CASE("a worker becomes the user that the packages make for it", "[worker][rights]") {
    const auto became = user_where(
        "root:x:0:0:root:/root:/bin/bash\n"
        "nanotune-worker:x:997:996:Packet processors of nanotune:/:/usr/sbin/nologin\n"
        "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n");
    CHECK(became.user == 997);
    CHECK(became.group == 996);
}

TEST_CASE("a worker becomes nobody where it has no user of its own", "[worker][rights]") {
    const auto became = user_where("root:x:0:0:root:/root:/bin/bash\n");
    CHECK(became.user == nobody);
    CHECK(became.group == nobody);
    CHECK(worker::worker_user("/nonexistent/passwd").user == nobody);
}

TEST_CASE("a worker never becomes root, whatever the users' file says", "[worker][rights]") {
    CHECK(user_where("nanotune-worker:x:0:996::/:/usr/sbin/nologin\n").user == nobody);
    CHECK(user_where("nanotune-worker:x:997:0::/:/usr/sbin/nologin\n").group == nobody);
}
