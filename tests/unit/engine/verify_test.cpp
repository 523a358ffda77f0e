// Comparing the host with what was applied, or with a profile; never a write.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";
const std::string swappiness = "/proc/sys/vm/swappiness";

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

TEST_CASE("capture holds every declared setting that the host has", "[engine][capture]") {
    FakeHost host = given::full_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const auto captured = engine.engine().capture();
    REQUIRE(captured);
    CHECK(captured->size() > 400);
    CHECK(engine.system().writes().empty());
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
