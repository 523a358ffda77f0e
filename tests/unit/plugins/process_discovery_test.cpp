// What a profile can know a process by.
#include "process/cgroup.hpp"
#include "process/discovery.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_kernel_threads.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace nanotune::test;
using namespace nanotune::process;

namespace {

std::vector<Candidate> found(FakeHost& host) {
    FakeSystem system(host);
    return processes(system).value();
}

}  // namespace

TEST_CASE("a process is known by number, name, program, unit and user", "[process]") {
    FakeHost host = given::host()
                        .with("/etc/passwd", "root:x:0:0::/root:/bin/sh\nfeed:x:990:990::/:/bin/sh")
                        .with_process("feed (main)", {.pid = 300,
                                                      .exe = "/opt/feed/bin/feed",
                                                      .unit = "feed.service",
                                                      .uid = 990,
                                                      .start = 1000});
    const auto list = found(host);
    REQUIRE(list.size() == 1);
    const Candidate& feed = list.front();
    CHECK(feed.target == Target{"process", "300:1000"});
    CHECK(feed.has_fact("pid", "300"));
    CHECK(feed.has_fact("comm", "feed (main)"));
    CHECK(feed.has_fact("exe", "feed"));
    CHECK(feed.has_fact("exe", "/opt/feed/bin/feed"));
    CHECK(feed.has_fact("unit", "feed.service"));
    CHECK(feed.has_fact("user", "feed"));
    CHECK(feed.has_fact("user", "990"));
}

TEST_CASE("the user is the effective one", "[process]") {
    FakeHost host = given::host()
                        .with_process("feed", {.pid = 300})
                        .with("/proc/300/status", "Name:\tfeed\nUid:\t1000\t33\t33\t33\nGid:\t1");
    CHECK(found(host).front().fact("user") == "33");
}

TEST_CASE("a program that was replaced on disk keeps its name", "[process]") {
    FakeHost host = given::host().with_process("feed", {.pid = 300});
    host.without("symlink:/proc/300/exe");
    host.with_symlink("/proc/300/exe", "/usr/bin/feed (deleted)");
    CHECK(found(host).front().has_fact("exe", "feed"));
    CHECK(found(host).front().has_fact("exe", "/usr/bin/feed"));
}

TEST_CASE("a process that ended is no candidate", "[process]") {
    FakeHost host =
        given::host()
            .with_process("feed", {.pid = 300})
            .with("/proc/301/stat", "301 (old) Z 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 9 1")
            .with("/proc/302/comm", "no stat any more")
            .with("/proc/uptime", "1.0 1.0");
    const auto list = found(host);
    REQUIRE(list.size() == 1);
    CHECK(list.front().fact("pid") == "300");
}

TEST_CASE("the unit is the innermost service or scope", "[process]") {
    CHECK(unit_in("0::/system.slice/feed.service") == "feed.service");
    CHECK(unit_in("0::/system.slice/feed.service/worker/0") == "feed.service");
    CHECK(unit_in("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope") ==
          "x.scope");
    CHECK(unit_in("4:memory:/\n1:name=systemd:/system.slice/feed.service\n0::/") == "feed.service");
    CHECK(unit_in("0::/").empty());
    CHECK(unit_in("").empty());
}

TEST_CASE("memory nodes belong to the cgroup of the hierarchy that has cpusets", "[process]") {
    FakeHost both = given::host();
    FakeSystem first(both);
    const auto old = held(cpuset_in(first.files(), "3:cpu,cpuset:/feed\n0::/unified"));
    CHECK(old.folder == "/sys/fs/cgroup/cpuset/feed");
    CHECK(old.is_version_1);
    CHECK_FALSE(old.is_root);

    FakeHost unified = given::host().with("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu");
    FakeSystem second(unified);
    const auto now = held(cpuset_in(second.files(), "0::/system.slice/feed.service"));
    CHECK(now.folder == "/sys/fs/cgroup/system.slice/feed.service");
    CHECK_FALSE(now.is_version_1);
    CHECK(held(cpuset_in(second.files(), "0::/")).is_root);
    CHECK_FALSE(cpuset_in(first.files(), "0::/feed"));
}

TEST_CASE("the kernel's own threads are known as that, and never taken for programs", "[process]") {
    FakeHost host = given::with_kernel_thread(given::host(), "kswapd0", {.pid = 50});
    const auto list = found(host);
    REQUIRE(list.size() == 1);
    CHECK(list.front().target == Target{"process", "50:10"});
    CHECK(list.front().has_fact("kthread", "kswapd0"));
    for (const char* key : {"comm", "user", "unit", "exe"}) {
        CHECK(list.front().fact(key).empty());
    }
}
