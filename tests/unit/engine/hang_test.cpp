// Drivers and files that do not return.
#include <chrono>
#include <thread>
#include <utility>

#include "engine/stage_plan.hpp"
#include "in_haste.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("a driver that hangs is named, and what was done before is restored",
          "[engine][timeout]") {
    FakeHost host = host_in_haste().hang("link:eth0:number:4");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.timeout = std::chrono::milliseconds(300);
    const Report report = engine.apply(some_of_each, request);
    INFO(text_of(report));
    // Nobody knows what the hung call will still do: that is not "everything is restored".
    CHECK(report.exit != Exit::as_wanted);
    CHECK(report.exit != Exit::rolled_back);
    CHECK(text_of(report).contains("nic.mtu on eth0"));
    CHECK(host.text("ethtool:eth0:15:6") == before.text("ethtool:eth0:15:6"));
    CHECK(host.text("/proc/sys/vm/swappiness") == "60");
    // It still hangs, and keeps nobody else out.
    const std::string lock = folder.path() + "/lock";
    CHECK(Lock::acquire(lock, "another", std::chrono::milliseconds(0)));
    CHECK(engine.rollback(rolled_back_soon()).exit != Exit::as_wanted);
    CHECK(Lock::acquire(lock, "another", std::chrono::milliseconds(0)));
}

TEST_CASE("a driver that is slower than the time-out is waited for before taking back",
          "[engine][timeout]") {
    Scene scene(host_in_haste());
    bool is_first = true;
    // It returns within a quarter of the budget for taking back, with time to spare.
    scene.engine.system().before_write([&](unsigned) {
        if (std::exchange(is_first, false)) {
            scene.engine.time().take(std::chrono::milliseconds(3200));
        }
    });
    ApplyRequest request = apply_request();
    request.timeout = std::chrono::seconds(3);
    const Report report = scene.engine.apply(some_of_each, request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains("has not returned for"));
    CHECK_FALSE(report.changed);
    CHECK(difference(scene.before, scene.host) == no_difference);
    CHECK(scene.engine.status().state == HostState::clean);
}

TEST_CASE("a write that hangs blames no setting that was written before it with others",
          "[engine][timeout]") {
    FakeHost host = host_in_haste().with_sysctls().hang("/proc/sys/net/ipv4/tcp_keepalive_time");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply(
        "[sysctl]\n\"net.ipv4.tcp_slow_start_after_idle\" = \"0\"\n"
        "\"net.ipv4.tcp_keepalive_time\" = \"600\"\n",
        soon());
    INFO(text_of(report));
    CHECK(text_of(report).contains(
        "sysctl.net.ipv4.tcp_slow_start_after_idle on host and 1 more: the kernel has not"));
    CHECK(text_of(report).contains("from /proc/sys/net/ipv4/tcp_keepalive_time"));
}

TEST_CASE("a rollback goes on without the drivers that hang in it", "[engine][timeout]") {
    FakeHost host = host_in_haste().with_nic("eth1");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine
                .apply("[nic.eth0]\nring.rx = 1024\nmtu = 1400\n"
                       "[nic.eth1]\nmtu = 1400\n[memory]\nswappiness = 10\n")
                .exit == Exit::as_wanted);
    host.hang("link:eth0:number:4").hang("link:eth1:number:4");
    const Report report = engine.rollback(rolled_back_soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.state == HostState::degraded);
    CHECK(report.problems.size() == 2);
    CHECK(text_of(report).contains("nic.mtu on eth0: the kernel has not returned for"));
    CHECK(text_of(report).contains("nic.mtu on eth1: the kernel has not returned for"));
    CHECK(host.text("ethtool:eth0:15:6") == before.text("ethtool:eth0:15:6"));
    CHECK(host.text("/proc/sys/vm/swappiness") == "60");
}

TEST_CASE("a file that hangs is named, and keeps no other from being restored",
          "[engine][timeout]") {
    Scene scene(host_in_haste());
    REQUIRE(scene.engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\nstat_interval = 10\n")
                .exit == Exit::as_wanted);
    const std::string file = "/proc/sys/vm/dirty_ratio";
    SECTION("when it is read") {
        scene.host.hang_reads(file);
    }
    SECTION("when it is written") {
        scene.host.hang(file);
    }
    const Report report = scene.engine.rollback(rolled_back_soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].message.ends_with(" from " + file));
    CHECK(row_at(report, "memory.dirty_ratio", Target::host()).message.contains("not returned"));
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::changed);
    CHECK(scene.host.text("/proc/sys/vm/swappiness") == "60");
    CHECK(scene.host.text("/proc/sys/vm/stat_interval") ==
          scene.before.text("/proc/sys/vm/stat_interval"));
    CHECK(scene.host.text(file) == "5");
}

TEST_CASE("files that hang on one target leave time for the others", "[engine][timeout]") {
    Scene scene(host_in_haste().with_sysctl("vm.min_free_kbytes", "67584"));
    REQUIRE(scene.engine
                .apply("[nic.eth0]\nnapi.defer_hard_irqs = 2\nmtu = 1400\n[memory]\n"
                       "swappiness = 10\ndirty_ratio = 5\nstat_interval = 10\nmin_free_kbytes = "
                       "\"1MiB\"\n")
                .exit == Exit::as_wanted);
    for (const char* file : {"swappiness", "dirty_ratio", "stat_interval", "min_free_kbytes"}) {
        scene.host.hang_reads(std::string("/proc/sys/vm/") + file);
    }
    const Report report = scene.engine.rollback(rolled_back_soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(report.problems.size() == 4);
    CHECK(scene.host.text("link:eth0:number:4") == "1500");
}

TEST_CASE("a call that was given up writes nothing more once it returns", "[engine][timeout]") {
    const std::string first = "/proc/sys/vm/swappiness";
    const std::string second = "/proc/sys/vm/dirty_ratio";
    for (const std::string& hanging : {first, second}) {
        Scene scene(host_in_haste().hang(hanging));
        ApplyRequest request = apply_request();
        request.timeout = std::chrono::milliseconds(100);
        const Report report =
            scene.engine.apply("[memory]\nswappiness = 10\ndirty_ratio = 5\n", request);
        INFO(text_of(report));
        CHECK(report.exit == Exit::not_restored);
        const FakeSystem& system = scene.engine.system();
        const long users = system.users();
        scene.engine.system().release();
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (system.users() == users && std::chrono::steady_clock::now() < patience) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        CHECK(system.users() == users - 1);
        const std::string& other = hanging == first ? second : first;
        CHECK(scene.host.text(other) == scene.before.text(other));
    }
}

TEST_CASE("a read that hangs while an apply is taken back is named, and the rest restored",
          "[engine][timeout]") {
    FakeHost host = host_in_haste().with_sysctl("vm.dirty_ratio", "20");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    engine.system().before_write([&](unsigned number) {
        if (number == 2) {  // from now on, for the reading back too
            host.hang_reads("/sys/module/*").hang_reads("/proc/sys/vm/swappiness");
        }
    });
    const Report report =
        engine.apply("[memory]\nswappiness = 10\n[nic.eth0]\nmtu = 1400\n", soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(text_of(report).contains("memory.swappiness on host"));
    CHECK(host.text("link:eth0:number:4") == "1500");
}

TEST_CASE("recovery goes on without a driver that hangs, and blocks no later apply",
          "[engine][timeout]") {
    FakeHost host = host_in_haste();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.confirm_within = std::chrono::seconds(1);
    REQUIRE(engine.apply("[nic.eth0]\nmtu = 1400\n[memory]\nswappiness = 10\n", request).exit ==
            Exit::as_wanted);
    engine.pass(std::chrono::seconds(5));
    host.hang("link:eth0:number:4");
    const Report report = engine.apply("[memory]\nswappiness = 20\n", soon());
    INFO(text_of(report));
    CHECK(report.exit == Exit::not_restored);
    CHECK(text_of(report).contains("nic.mtu on eth0"));
    CHECK(host.text("/proc/sys/vm/swappiness") == "60");
    CHECK(engine.status().state == HostState::degraded);
}

TEST_CASE("what was not read for want of time is not called absent", "[engine][timeout]") {
    FakeHost host = host_in_haste().with_cpufreq();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto known = engine.resolved(
        "[nic.eth0]\nmtu = 1400\nring.rx = 1024\n[irq.eth0]\ncpus = \"numa(eth0)\"\n"
        "[cpu]\ngovernor = \"performance\"\n[cpu.\"2\"]\nmin_frequency = \"2GHz\"\n"
        "[memory]\nswappiness = 10\n");
    REQUIRE(known);
    CallRunner calls([&engine] { return engine.system().another(); });
    Survey survey(calls);
    REQUIRE(survey.topology());  // and from here on the time is up
    std::size_t told = 0;
    for (const Stage stage : all_stages) {
        Problems problems;
        REQUIRE(calls.supervised(std::chrono::milliseconds(0), [&] {
            auto plan = stage_plan(survey, Ledger(), Rounded::is_settled,
                                   Desires(*known, survey).of(stage), {});
            problems = plan ? Problems() : std::move(plan).error();
        }));
        for (const Error& problem : problems) {
            INFO(problem.message);
            CHECK(problem.code == ErrorCode::timed_out);
        }
        told += problems.size();
    }
    CHECK(told > 0);
}

TEST_CASE("taking back has a time of its own, however short that of the verb is",
          "[engine][timeout]") {
    FakeHost host = host_in_haste();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    RollbackRequest request = rollback_request();
    request.timeout = std::chrono::milliseconds(0);
    const Report report = engine.rollback(request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(difference(before, host) == no_difference);
}

TEST_CASE("verbs that only look name the call that hangs, in time", "[engine][timeout]") {
    FakeHost host = host_in_haste();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    host.hang_reads("/proc/sys/vm/swappiness");
    const auto begin = std::chrono::steady_clock::now();
    SECTION("plan") {
        const Report report = engine.planned("[memory]\nswappiness = 20\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::lock_or_timeout);
        CHECK(text_of(report).contains("reading memory.swappiness on host: the kernel"));
    }
    SECTION("verify of what is held") {
        const Report report = engine.verify();
        INFO(text_of(report));
        CHECK(report.exit == Exit::lock_or_timeout);
        CHECK(text_of(report).contains("reading memory.swappiness on host: the kernel"));
    }
    SECTION("capture") {
        const auto captured = engine.engine().capture();
        REQUIRE_FALSE(captured);
        CHECK(captured.error().code == ErrorCode::timed_out);
        CHECK(captured.error().message.contains("the kernel has not returned for"));
    }
    SECTION("rollback as a plan") {
        const Report report = engine.engine().rollback_plan(rolled_back_soon());
        INFO(text_of(report));
        CHECK(report.exit == Exit::lock_or_timeout);
        CHECK(text_of(report).contains("reading memory.swappiness on host: the kernel"));
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
