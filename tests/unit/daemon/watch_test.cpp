// What of the kernel's notices becomes a look, in a network namespace of the test's own.
#include "daemon/watch.hpp"

#include <chrono>
#include <cstdlib>
#include <set>
#include <string>

#include <poll.h>
#include <sched.h>

#include "support/catch.hpp"
#include "system/storage/child.hpp"

using namespace nanotune;
using namespace nanotune::daemon;

namespace {

constexpr int no_namespace = 120;

/// Everything that has been told by now is taken.
void take_all(Watch& watch) {
    constexpr int a_moment = 200;
    pollfd waited{.fd = watch.number(), .events = POLLIN, .revents = 0};
    while (::poll(&waited, 1, a_moment) > 0) {
        watch.process(Watch::Clock::now());
    }
}

std::set<std::string> arrived(Watch& watch) {
    const auto look = watch.due(Watch::Clock::now() + std::chrono::hours(1));
    return look ? look->arrived : std::set<std::string>();
}

/// The number of the check that failed.
int take_in_what_came_meanwhile() {
    using Names = std::set<std::string>;
    if (::unshare(CLONE_NEWNET) != 0) {
        return no_namespace;
    }
    RemovedDevices removed;
    auto watch = Watch::open(removed);
    if (!watch || ::system("ip link add feed0 type veth peer name other0 && "  // NOLINT
                           "ip link add feed1 type veth peer name other1 && "
                           "ip link add feed2 type veth peer name other2 && "
                           "ip link del feed2") != 0) {
        return 1;
    }
    take_all(*watch);
    if (!arrived(*watch).empty()) {
        return 2;
    }
    // What was applied has found the first of them.
    Followed followed{.devices = {"feed0"}, .awaited = {.devices = {"feed*"}}};
    watch->follow(followed);
    if (arrived(*watch) != Names{"feed1"}) {
        return 3;
    }
    followed.devices.insert("feed1");
    watch->follow(followed);
    if (!arrived(*watch).empty()) {
        return 4;
    }
    followed.awaited.devices = {"feed*", "other1"};
    watch->follow(followed);
    return arrived(*watch) == Names{"other1"} ? 0 : 5;
}

}  // namespace

TEST_CASE("devices that come while a profile that takes them is being applied are not passed by",
          "[daemon][watch]") {
    const Status done = in_child(take_in_what_came_meanwhile, std::chrono::seconds(60));
    INFO((done ? "" : done.error().message));
    CHECK(done);
}
