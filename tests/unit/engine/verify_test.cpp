// Comparing the host with what was applied, or with a profile; never a write.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";

FakeHost plain_host() {
    return given::plain_host().with("/proc/cmdline", "root=/dev/vda1 nosmt");
}

}  // namespace

TEST_CASE("what was applied verifies, until something changes behind its back",
          "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    const auto writes = engine.system().writes().size();
    CHECK(engine.verify().exit == Exit::as_wanted);

    host.cells[swappiness] = "33";
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    const Row row = row_at(report, "memory.swappiness", Target::host());
    CHECK(row.outcome == Outcome::differs);
    CHECK(row.wanted == "10");
    CHECK(row.got == "33");
    CHECK(engine.system().writes().size() == writes);
}

TEST_CASE("what cannot be read any more is named by verify, which does not end as if it were well",
          "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    host.unreadable(swappiness);
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::differs);
}

TEST_CASE("a profile verifies on a host that it was never applied to", "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path() + "/state");
    CHECK(engine.verify(low_swap).exit == Exit::differs);
    host.cells[swappiness] = "10";
    const Report report = engine.verify(low_swap);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(engine.system().writes().empty());
}

TEST_CASE("a profile that says nothing of CPUs does not look at them", "[engine][verify]") {
    FakeHost host = plain_host().unreadable("/sys/devices/system/cpu/*");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    CHECK(engine.apply(low_swap).exit == Exit::as_wanted);
    CHECK(engine.verify().exit == Exit::as_wanted);
    const Report roles = engine.apply(std::string("[cpus]\nisolated = \"1\"\n") + low_swap);
    INFO(text_of(roles));
    CHECK(roles.exit == Exit::refused);
    CHECK(engine.apply("[irq]\ndefault_affinity = \"online\"\n").exit == Exit::refused);
}

TEST_CASE("verify runs without any right to write", "[engine][verify]") {
    FakeHost host = plain_host().unprivileged();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.verify(low_swap);
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.problems.empty());
}

TEST_CASE("a value that the driver rounds verifies against what it became", "[engine][verify]") {
    FakeHost host = plain_host().clamp(swappiness, 50);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 90\n").exit == Exit::as_wanted);
    CHECK(engine.verify().exit == Exit::as_wanted);
    host.cells[swappiness] = "49";
    CHECK(engine.verify().exit == Exit::differs);
}

TEST_CASE("a boot parameter that is missing needs a reboot", "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    CHECK(engine.verify("[boot]\nnosmt = true\n").exit == Exit::as_wanted);
    const Report report = engine.verify("[boot]\nskew_tick = 1\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::reboot_needed);
    CHECK(report.rows.front().outcome == Outcome::needs_reboot);
}

TEST_CASE("applying a profile with a boot parameter that is missing says that a reboot is needed",
          "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply("[boot]\nskew_tick = 1\n[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::reboot_needed);
    CHECK(host.text(swappiness) == "10");
}

TEST_CASE("a reboot that an apply needs stays due for verify and the next apply",
          "[engine][verify]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto profile = "[boot]\nskew_tick = 1\n[memory]\nswappiness = 10\n";
    REQUIRE(engine.apply(profile).exit == Exit::reboot_needed);
    const Report report = engine.verify();
    INFO(text_of(report));
    CHECK(report.exit == Exit::reboot_needed);
    CHECK(row_at(report, "boot.skew_tick", Target::host()).outcome == Outcome::needs_reboot);
    CHECK(engine.status().settings_held == 1);
    CHECK(engine.apply(profile).exit == Exit::reboot_needed);
    host.cells[swappiness] = "60";
    CHECK(engine.verify().exit == Exit::differs);
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("strictness after a rounded apply tells what the driver makes of the value",
          "[engine][verify]") {
    FakeHost host = plain_host().clamp(swappiness, 50);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[memory]\nswappiness = 90\n").exit == Exit::as_wanted);
    ApplyRequest strict = apply_request();
    strict.strict = true;
    const Report report = engine.apply("[memory]\nswappiness = 90\n", strict);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "memory.swappiness", Target::host())
              .message.contains("the driver made 50 of 90, which --strict refuses"));
}

TEST_CASE("status tells the profile in force and since when", "[engine][status]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    CHECK(engine.status().state == HostState::clean);
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    const HostStatus status = engine.status();
    CHECK(status.state == HostState::tuned);
    CHECK(status.profile == "test");
    CHECK(status.applied_at == "2026-01-01T00:00:00Z");
    CHECK(status.settings_held == 1);
}

TEST_CASE("what a profile was applied with on the command line is remembered", "[engine][status]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    auto profile = engine.resolved(low_swap);
    REQUIRE(profile);
    profile->overrides = {{.name = "swap", .value = "1=0"}, {.name = "cpus.irq", .value = "1"}};
    REQUIRE(engine.engine().apply(*profile, apply_request()).exit == Exit::as_wanted);
    CHECK(engine.status().overrides == profile->overrides);
    CHECK(engine.engine().verify(&*profile).notes.empty());
    const Report plain = engine.verify(low_swap);
    INFO(text_of(plain));
    CHECK(plain.exit == Exit::as_wanted);
    CHECK(text_of(plain).contains(
        "test is applied with --set swap=1=0 --set cpus.irq=1, and compared without --set"));
}

TEST_CASE("an empty text is shown as quotes wherever values are", "[engine][verify]") {
    FakeHost host = plain_host().with_sysctl("kernel.nickname", "");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto profile = "[sysctl]\n\"kernel.nickname\" = \"fast\"\n";
    const auto& nickname = "sysctl.kernel.nickname";
    const Report planned = engine.planned(profile);
    INFO(text_of(planned));
    CHECK(row_at(planned, nickname, Target::host()).before == "\"\"");
    REQUIRE(engine.apply(profile).exit == Exit::as_wanted);
    const HostStatus status = engine.status();
    REQUIRE(status.rows.size() == 1);
    CHECK(status.rows[0].before == "\"\"");
    CHECK(status.rows[0].got == "fast");
    host.with_sysctl("kernel.nickname", "");
    const Report verified = engine.verify();
    CHECK(row_at(verified, nickname, Target::host()).got == "\"\"");
    host.with_sysctl("kernel.nickname", "fast");
    const Report undone = engine.rollback();
    CHECK(undone.exit == Exit::as_wanted);
    CHECK(row_at(undone, nickname, Target::host()).wanted == "\"\"");
    CHECK(host.text("/proc/sys/kernel/nickname").empty());
}

namespace {

constexpr auto feed =
    "[process.feed]\nmatch = { comm = \"feed\" }\npolicy = \"fifo\"\n"
    "priority = 80\n[memory]\nswappiness = 10\n";

/// A host whose feed is tuned, before it ends.
struct FeedScene : Scene {
    FeedScene() : Scene(given::plain_host().with_process("feed", {.pid = 812})) {
        const Report report = engine.apply(feed);
        INFO(text_of(report));
        REQUIRE(report.exit == Exit::as_wanted);
    }
    void end_feed() { host.without("/proc/812/*").without("task:812:*"); }
    void start_feed() { host.with_process("feed", {.pid = 900, .start = 2000}); }
};

const std::string scheduling = "process.thread.scheduling";
const Target thread_then{"thread", "812/812:1000"};
const Target thread_now{"thread", "900/900:2000"};

}  // namespace

TEST_CASE_METHOD(FeedScene, "a process that has ended holds nothing any more", "[engine][verify]") {
    end_feed();
    SECTION("rollback leaves nothing of it") {
        const Report report = engine.rollback();
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(report.state == HostState::clean);
        CHECK(row_at(report, scheduling, thread_then).outcome == Outcome::gone);
        CHECK(engine.status().left.empty());
        CHECK(engine.rollback().rows.empty());
    }
    SECTION("nor does it where its number is another's") {
        host.with_process("other", {.pid = 812, .start = 3000});
        const FakeHost other = host;
        CHECK(engine.rollback().exit == Exit::as_wanted);
        CHECK(host.text(task_cell(812, "scheduling")) == other.text(task_cell(812, "scheduling")));
        CHECK(engine.status().left.empty());
    }
    SECTION("what a rollback left of it before is over") {
        start_feed();
        REQUIRE(engine.apply(feed).exit == Exit::as_wanted);
        host.cells[task_cell(900, "scheduling")] = "1 7 0 0";
        REQUIRE(engine.rollback_all().exit == Exit::as_wanted);
        REQUIRE(engine.status().left.size() == 2);  // with the slack of its timers
        host.without("/proc/900/*").without("task:900:*");
        CHECK(engine.status().left.empty());
        CHECK(engine.rollback().exit == Exit::as_wanted);
        RollbackRequest forced = rollback_request();
        forced.force = true;
        CHECK(engine.rollback(forced).rows.empty());
    }
}

TEST_CASE_METHOD(FeedScene, "verify without a profile finds what started in the place of a process",
                 "[engine][verify]") {
    end_feed();
    SECTION("that is not tuned") {
        start_feed();
        const Report report = engine.verify_again(feed);
        INFO(text_of(report));
        CHECK(report.exit == Exit::differs);
        CHECK(row_at(report, scheduling, thread_now).outcome == Outcome::differs);
        CHECK(row_at(report, scheduling, thread_then).setting == "none");
        CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::unchanged);
        CHECK(text_of(report).contains("thread 812 of process 812 has ended"));
    }
    SECTION("that is as the profile wants it") {
        start_feed();
        host.cells[task_cell(900, "scheduling")] = "1 80 0 0";
        const Report report = engine.verify_again(feed);
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(row_at(report, scheduling, thread_now).outcome == Outcome::unchanged);
    }
    SECTION("and waits where nothing has started") {
        const Report report = engine.verify_again(feed);
        INFO(text_of(report));
        CHECK(report.exit == Exit::as_wanted);
        CHECK(text_of(report).contains("nothing matches yet"));
    }
    SECTION("and says why not where the profile is another one now") {
        start_feed();
        const Report report = engine.verify_again("[memory]\nswappiness = 10\n");
        INFO(text_of(report));
        CHECK(report.exit == Exit::differs);
        CHECK(row_at(report, scheduling, thread_then).outcome == Outcome::gone);
        CHECK(text_of(report).contains("test is another profile now than the one applied"));
    }
}
