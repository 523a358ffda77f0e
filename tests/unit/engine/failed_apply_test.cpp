// Back to what was after an apply that failed, or as far as the profile wants it.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string governor = "/sys/devices/system/cpu/cpufreq/policy3/scaling_governor";

}  // namespace

TEST_CASE("when one change does not stick, its neighbours are restored", "[engine][rollback]") {
    FakeHost host = given::host().with_cpufreq({.governor = "powersave"});
    host.ignore_writes_to("scaling_governor");
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report =
        engine.apply("[cpu.\"3\"]\ngovernor = \"performance\"\nmin_frequency = \"2GHz\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "cpu.governor", {"policy", "3"}).outcome == Outcome::refused);
    CHECK_FALSE(report.changed);
    CHECK(report.state == HostState::clean);
    CHECK(difference(before, host).empty());
}

TEST_CASE("a refusal is told in the kernel's words, with what the host holds now",
          "[engine][rollback]") {
    FakeHost host = given::host().with_nic("eth0").refuse(
        "ethtool:eth0:15:6", {.error = EINVAL, .words = "no memory for a ring of that size"});
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[nic.eth0]\nmtu = 1400\nring.rx = 4096\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    const Row row = row_at(report, "nic.ring.rx", Target::nic("eth0"));
    CHECK(row.outcome == Outcome::refused);
    CHECK(row.origin.line == 3);
    CHECK(row.message.contains("no memory for a ring of that size (EINVAL)"));
    CHECK(row.message.contains("still 512"));
    CHECK(difference(before, host).empty());
}

TEST_CASE("a value that the kernel does not find is refused, its setting is not gone",
          "[engine][rollback]") {
    const std::string control = "/proc/sys/net/ipv4/tcp_congestion_control";
    FakeHost host = given::host().with(control, "cubic").refuse(control, {.error = ENOENT});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply("[sysctl]\n\"net.ipv4.tcp_congestion_control\" = \"bbr\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "sysctl.net.ipv4.tcp_congestion_control", Target::host()).outcome ==
          Outcome::refused);
}

TEST_CASE_METHOD(PlainScene, "a failed apply leaves the profile before it in force",
                 "[engine][rollback]") {
    REQUIRE(engine.apply("[memory]\nswappiness = 10\n").exit == Exit::as_wanted);
    const FakeHost tuned = host;
    host.refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});

    const Report report = engine.apply("[memory]\nstat_interval = 10\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(report.state == HostState::tuned);
    CHECK(difference(tuned, host).empty());
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("with on_failure keep, a failure leaves what was reached, degraded",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().refuse("/proc/sys/vm/dirty_ratio", {.error = EINVAL});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply(
        "[profile]\non_failure = \"keep\"\n[memory]\nswappiness = 10\ndirty_ratio = 5\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(host.text(swappiness) == "10");
    CHECK(host.text("/proc/sys/vm/dirty_ratio") == "20");
}

TEST_CASE("with on_failure keep, a stage that fails keeps no later one from being reached",
          "[engine][rollback]") {
    FakeHost host = given::plain_host().with_nic("eth0");
    host.refuse(link_number_cell("eth0", 13), {.error = EINVAL});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply(
        "[profile]\non_failure = \"keep\"\n[nic.eth0]\ntxqueuelen = 500\n"
        "[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.state == HostState::degraded);
    CHECK(row_at(report, "nic.txqueuelen", Target::nic("eth0")).outcome == Outcome::refused);
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::changed);
    CHECK(host.text(swappiness) == "10");
}
