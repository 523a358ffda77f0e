// Applying a profile to a fake host: what is written, what is not, and how it is told.
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr auto low_swap = "[memory]\nswappiness = 10\n";
const std::string rps = "/sys/class/net/eth0/queues/rx-0/rps_cpus";

FakeHost plain_host() {
    return given::plain_host()
        .with_sysctl("net.core.rmem_max", "212992")
        .with_sysctl("net.core.wmem_max", "212992");
}

}  // namespace

TEST_CASE("a setting that differs is written, and only that", "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report =
        engine.apply("[memory]\nswappiness = 10\n[sysctl]\n\"net.core.rmem_max\" = \"208KiB\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(report.state == HostState::tuned);
    CHECK(report.changed);
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::changed);
    CHECK(row_at(report, "memory.swappiness", Target::host()).before == "60");
    CHECK(row_at(report, "sysctl.net.core.rmem_max", Target::host()).outcome == Outcome::unchanged);
    CHECK(engine.system().writes() == std::vector<std::string>{swappiness + "=10"});
}

TEST_CASE("a plan writes nothing, neither to the host nor to the state folder", "[engine][plan]") {
    FakeHost host = plain_host();
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path() + "/state");

    const Report report = engine.planned(low_swap);
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(row_at(report, "memory.swappiness", Target::host()).outcome == Outcome::not_done);
    CHECK(difference(before, host).empty());
    CHECK(engine.system().writes().empty());
    CHECK_FALSE(read_file(folder.path() + "/state/lock", 100));
}

TEST_CASE("a flag that the kernel holds as 2 is changed, and put back as 2", "[engine][apply]") {
    const std::string balancing = "/proc/sys/kernel/numa_balancing";
    FakeHost host = given::host().with_sysctl("kernel.numa_balancing", "2");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply("[numa]\nbalancing = true\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "numa.balancing", Target::host()).before == "2");
    CHECK(host.text(balancing) == "1");
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text(balancing) == "2");
}

TEST_CASE("queues that answer receive queues need no CPUs of their numbers", "[engine][plan]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 8});  // on four CPUs
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    CHECK(engine.planned("[nic.eth0]\nxps.rxqs = \"4-7\"\n").exit == Exit::differs);
    const Report words = engine.planned("[nic.eth0]\nxps.rxqs = \"online\"\n");
    CHECK(words.exit == Exit::refused);
    CHECK(text_of(words).contains("a list of queue numbers"));
}

TEST_CASE("applying again writes nothing", "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply(low_swap).exit == Exit::as_wanted);
    const auto writes = engine.system().writes().size();

    const Report again = engine.apply(low_swap);
    INFO(text_of(again));
    CHECK(again.exit == Exit::as_wanted);
    CHECK_FALSE(again.changed);
    CHECK(engine.system().writes().size() == writes);
}

TEST_CASE("a value that the driver rounds is adjusted, and is not written again",
          "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0").round_down(
        "ethtool:eth0:15:6", 256);  // RINGS_GET, ETHTOOL_A_RINGS_RX
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto profile = "[nic.eth0]\nring.rx = 1000\n";

    const Report report = engine.apply(profile);
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    const Row row = row_at(report, "nic.ring.rx", Target::nic("eth0"));
    CHECK(row.outcome == Outcome::adjusted);
    CHECK(row.wanted == "1000");
    CHECK(row.got == "768");

    const auto writes = engine.system().writes().size();
    const Report again = engine.apply(profile);
    INFO(text_of(again));
    CHECK(again.exit == Exit::as_wanted);
    CHECK_FALSE(again.changed);
    CHECK(engine.system().writes().size() == writes);
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("strict refuses what the driver rounds", "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0").round_down("ethtool:eth0:15:6", 256);
    const FakeHost before = host;
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    ApplyRequest request = apply_request();
    request.strict = true;

    const Report report = engine.apply("[nic.eth0]\nring.rx = 1000\n", request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(difference(before, host).empty());
}

TEST_CASE("strict refuses what an earlier apply took as rounded", "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0").round_down("ethtool:eth0:15:6", 256);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto odd_ring = "[nic.eth0]\nring.rx = 1000\n";
    REQUIRE(engine.apply(odd_ring).exit == Exit::as_wanted);
    const FakeHost rounded = host;
    ApplyRequest request = apply_request();
    request.strict = true;

    const Report report = engine.apply(odd_ring, request);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth0")).outcome == Outcome::refused);
    CHECK(difference(rounded, host).empty());
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("an optional setting that the host lacks is reported as unsupported", "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report =
        engine.apply("[memory]\nswappiness = 10\nksm = { value = \"off\", optional = true }\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "memory.ksm", Target::host()).outcome == Outcome::unsupported);
    CHECK(host.text(swappiness) == "10");
}

TEST_CASE("a required setting that the host lacks is an error before anything is written",
          "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[memory]\nswappiness = 10\nksm = \"off\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().message.contains("test.toml:3"));
    CHECK(report.problems.front().message.contains("memory.ksm"));
    CHECK(engine.system().writes().empty());
}

TEST_CASE("all NICs that do not exist are told at once, with those that there are",
          "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[nic.eth7]\nmtu = 1400\n[nic.\"enp*\"]\nmtu = 1400\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 2);
    CHECK(report.problems[0].message.contains("test.toml:1"));
    CHECK(report.problems[0].message.contains("eth0"));
    CHECK(report.problems[1].message.contains("test.toml:3"));
    CHECK(engine.system().writes().empty());
}

TEST_CASE("without the right to write, the capability is named before anything is written",
          "[engine][apply]") {
    FakeHost host = plain_host().with_nic("eth0").lacks(Capability::net_admin);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[memory]\nswappiness = 10\n[nic.eth0]\nmtu = 1400\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::refused);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().message.contains("CAP_NET_ADMIN"));
    CHECK(report.problems.front().message.contains("nic.mtu"));
    CHECK(engine.system().writes().empty());
}

TEST_CASE("an interrupt that has not fired yet is pending", "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 1}).idle_interrupt(80);
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[irq.eth0]\ncpus = \"2\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "irq.affinity", Target::irq(80)).outcome == Outcome::pending);
    host.interrupt(80);
    CHECK(engine.verify().exit == Exit::as_wanted);
}

TEST_CASE("steering that a change of channels resets is put back", "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0");
    host.cells[rps] = "3";
    host.cells["/proc/irq/80/smp_affinity_list"] = "1";
    host.cells["/proc/irq/80/smp_affinity"] = "2";
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[nic.eth0]\nchannels.combined = 2\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text("ethtool:eth0:17:9") == "2/4");
    CHECK(host.text(rps) == "3");
    CHECK(host.text("/proc/irq/80/smp_affinity_list") == "1");
}

TEST_CASE("settings of a later stage are found on the queues that the plan leaves",
          "[engine][apply]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 2});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report = engine.apply("[nic.eth0]\nchannels.combined = 4\nrps.cpus = \"1\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    for (const char* queue : {"rx-0", "rx-1", "rx-2", "rx-3"}) {
        CHECK(host.text("/sys/class/net/eth0/queues/" + std::string(queue) + "/rps_cpus") == "2");
    }
}

TEST_CASE("a minimum above the old maximum is reached in one apply", "[engine][apply]") {
    FakeHost host =
        given::host().with_cpufreq({.min_frequency = 800'000, .max_frequency = 1'200'000});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());

    const Report report =
        engine.apply("[cpu]\nmin_frequency = \"2GHz\"\nmax_frequency = \"3GHz\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text("/sys/devices/system/cpu/cpufreq/policy3/scaling_min_freq") == "2000000");
    CHECK(engine.rollback().exit == Exit::as_wanted);
    CHECK(host.text("/sys/devices/system/cpu/cpufreq/policy3/scaling_min_freq") == "800000");
}

TEST_CASE("a second profile returns what only the first one named", "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine
                .apply("[sysctl]\n\"net.core.rmem_max\" = 1000000\n"
                       "\"net.core.wmem_max\" = 1000000\n")
                .exit == Exit::as_wanted);

    const Report report = engine.apply("[sysctl]\n\"net.core.wmem_max\" = 2000000\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(host.text("/proc/sys/net/core/rmem_max") == "212992");
    CHECK(host.text("/proc/sys/net/core/wmem_max") == "2000000");
}

TEST_CASE("a value that somebody else changed is not returned by a second profile",
          "[engine][apply]") {
    FakeHost host = plain_host();
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    REQUIRE(engine.apply("[sysctl]\n\"net.core.rmem_max\" = 1000000\n").exit == Exit::as_wanted);
    host.cells["/proc/sys/net/core/rmem_max"] = "3000000";

    const Report report = engine.apply(low_swap);
    INFO(text_of(report));
    CHECK(row_at(report, "sysctl.net.core.rmem_max", Target::host()).outcome ==
          Outcome::overridden);
    CHECK(host.text("/proc/sys/net/core/rmem_max") == "3000000");
}
