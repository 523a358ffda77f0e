// What the kernel tells by itself: in a network namespace of the test's own.
#include "system/notices.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>

#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

using Kind = Notice::Kind;

/// What comes until `wanted` is among it, or nothing comes for seconds.
template <typename Wanted>
bool hears(Notices& notices, Wanted wanted) {
    constexpr int patience = 10'000;
    for (;;) {
        const auto heard = notices.take();
        if (std::ranges::any_of(heard, wanted)) {
            return true;
        }
        pollfd waited{.fd = notices.number(), .events = POLLIN, .revents = 0};
        if (::poll(&waited, 1, patience) <= 0) {
            return false;
        }
    }
}

/// In a child, in a network namespace of its own; the number of the check that failed.
Status in_own_network(const std::function<int()>& work) {
    constexpr int no_namespace = 120;
    return in_child([&] { return ::unshare(CLONE_NEWNET) == 0 ? work() : no_namespace; },
                    std::chrono::seconds(60));
}

int run(const char* command) {
    return ::system(command);  // NOLINT(concurrency-mt-unsafe)
}

/// A child that is in a network namespace of its own, and stays there; -1 where none is to be had.
pid_t process_in_another_network() {
    int ends[2];
    if (::pipe(ends) != 0) {
        return -1;
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const char is_there = ::unshare(CLONE_NEWNET) == 0 ? 1 : 0;
        if (::write(ends[1], &is_there, 1) == 1 && is_there == 1) {
            ::pause();
        }
        ::_exit(1);
    }
    char is_there = 0;
    return ::read(ends[0], &is_there, 1) == 1 && is_there == 1 ? child : -1;
}

}  // namespace

TEST_CASE("a device that comes, goes up and goes is told", "[system][notices]") {
    const Status done = in_own_network([] {
        auto notices = Notices::open();
        if (!notices || notices->take_lacking().size() > 1) {
            return 1;
        }
        const auto is = [](bool is_up, bool is_gone) {
            return [=](const Notice& n) {
                return n.kind == Kind::link && n.device == "first" && n.number != 0 &&
                       n.is_up == is_up && n.is_gone == is_gone;
            };
        };
        if (run("ip link add first type veth peer name second") != 0 ||
            !hears(*notices, is(false, false))) {
            return 2;
        }
        if (run("ip link set first up") != 0 || !hears(*notices, is(true, false))) {
            return 3;
        }
        if (run("ip link del first") != 0 || !hears(*notices, is(false, true))) {
            return 4;
        }
        return 0;
    });
    INFO((done ? "" : done.error().message));
    CHECK(done);
}

TEST_CASE("a device that is removed is told apart from one that moves, or leaves a bridge",
          "[system][notices]") {
    const Status done = in_own_network([] {
        auto notices = Notices::open();
        const pid_t elsewhere = process_in_another_network();
        if (!notices || elsewhere < 0) {
            return 1;
        }
        std::vector<Notice> gone;
        const auto is_gone = [&gone](const std::string& device) {
            return [&gone, device](const Notice& n) {
                if (n.kind == Kind::link && n.is_gone) {
                    gone.push_back(n);
                }
                return n.is_gone && n.device == device;
            };
        };
        const std::string moves = "ip link set moves netns " + std::to_string(elsewhere);
        if (run("ip link add port address 02:00:00:00:00:01 type veth peer name moves") != 0 ||
            run("ip link add bridge0 type bridge") != 0 ||
            run("ip link set port master bridge0") != 0 || run("ip link set port nomaster") != 0 ||
            run(moves.c_str()) != 0 || !hears(*notices, is_gone("moves")) || gone.size() != 1 ||
            gone[0].removed.is_known()) {
            return 2;
        }
        if (run("ip link del port") != 0 || !hears(*notices, is_gone("port")) || gone.size() != 2 ||
            gone[1].removed != DeviceIdentity{.name = "port",
                                              .index = gone[1].number,
                                              .kind = "veth",
                                              .address = "02:00:00:00:00:01",
                                              .lower = gone[1].removed.lower}) {
            return 3;
        }
        ::kill(elsewhere, SIGKILL);
        return 0;
    });
    INFO((done ? "" : done.error().message));
    CHECK(done);
}

TEST_CASE("what somebody sets of a device by ethtool is told", "[system][notices]") {
    const Status done = in_own_network([] {
        auto notices = Notices::open();
        if (!notices || !notices->take_lacking().empty() ||
            run("ip link add first type veth peer name second") != 0 ||
            run("ethtool -K first gso off >/dev/null") != 0) {
            return 1;
        }
        return hears(*notices,
                     [](const Notice& n) { return n.kind == Kind::ethtool && n.device == "first"; })
                   ? 0
                   : 2;
    });
    INFO((done ? "" : done.error().message));
    CHECK(done);
}

TEST_CASE("who writes a file that is watched is told, and nobody else", "[system][notices]") {
    const Status done = in_own_network([] {
        const std::string idle = "/proc/sys/net/ipv4/tcp_slow_start_after_idle";
        auto notices = Notices::open();
        if (!notices) {
            return 1;
        }
        notices->watch_files({idle, "/proc/sys/net/ipv4/not_there"});
        std::ofstream("/proc/sys/net/ipv4/tcp_fin_timeout") << "50";
        std::ofstream(idle) << "0";  // by this process, which knows what it does
        const pid_t child = ::fork();
        if (child == 0) {
            std::ofstream(idle) << "1" << std::flush;
            ::_exit(0);
        }
        bool is_alone = true;
        const bool is_heard = hears(*notices, [&](const Notice& n) {
            is_alone = is_alone && n.file == idle && n.process == child;
            return n.kind == Kind::file;
        });
        return !is_heard ? 2 : !is_alone ? 3 : 0;
    });
    INFO((done ? "" : done.error().message));
    CHECK(done);
}

TEST_CASE("a file that came anew under its old name is told of once it is watched again",
          "[system][notices]") {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/file";
    const std::string other = folder.path() + "/other";
    const auto written = [](const std::string& path) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::ofstream(path) << "1" << std::flush;
            ::_exit(0);
        }
        return ::waitpid(child, nullptr, 0) == child;
    };
    std::ofstream(file).close();
    std::ofstream(other).close();
    auto notices = Notices::open();
    REQUIRE(notices);
    notices->watch_files({file, other});
    std::ofstream(file + ".new").close();
    REQUIRE(std::rename((file + ".new").c_str(), file.c_str()) == 0);
    notices->watch_files({file});
    REQUIRE(written(other));
    REQUIRE(written(file));
    bool is_alone = true;
    CHECK(hears(*notices, [&](const Notice& n) {
        is_alone = is_alone && n.file == file;
        return n.kind == Kind::file;
    }));
    CHECK(is_alone);
}

TEST_CASE("notices that make no sense say that something was lost", "[system][notices]") {
    const std::string junk(64, '\xff');
    for (const auto& notices :
         {link_notices_of(junk), ethtool_notices_of(junk), process_notices_of(junk)}) {
        REQUIRE(notices.size() == 1);
        CHECK(notices.front().kind == Kind::lost);
    }
    CHECK(link_notices_of("").empty());
}
