// What a host says that it cannot do, and what a profile asks of it that cannot all be: told before
// anything is written.
#include <fmt/format.h>

#include "planned_problems.hpp"
#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"
#include "support/kernel_habits.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

const std::string ring_rx = "ethtool:eth0:15:6";
constexpr unsigned another_irq = 60;

}  // namespace

TEST_CASE("counts above what a device has are told at their lines, all at once",
          "[engine][limits]") {
    CHECK(problems_on(given::host().with_nic("eth0"),
                      "[nic.eth0]\nchannels.combined = 64\nchannels.other = 2\n"
                      "ring.rx = 8192\nmtu = 65536\n") ==
          Messages{"test.toml:2:10: nic.channels.combined on eth0: 64 is above its maximum of 8",
                   "test.toml:3:10: nic.channels.other on eth0: 2 is above its maximum of 1",
                   "test.toml:4:6: nic.ring.rx on eth0: 8192 is above its maximum of 4096",
                   "test.toml:5:1: nic.mtu on eth0: 65536 is above its maximum of 9216"});
}

TEST_CASE("what a file gets wrong hides nothing that only the host can tell", "[engine][limits]") {
    CHECK(problems_on(given::host().with_nic("eth0"),
                      "[nic.eth0]\nmtu = \"big\"\nring.rx = 8192\n"
                      "[nic.eth7]\nmtu = 1400\n[cpu]\nsmt = \"offf\"\n[memory]\nbogus = 1\n"
                      "[irq.eth0]\ncpus = \"0\"\n")
              .size() == 5);
    const auto problems = problems_on(given::host().with_nic("eth0"),
                                      "[nic.eth0]\nmtu = \"big\"\nring.rx = 8192\n"
                                      "[nic.eth7]\nmtu = 1400\n");
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].starts_with("test.toml:2:"));
    CHECK(problems[1] == "test.toml:3:6: nic.ring.rx on eth0: 8192 is above its maximum of 4096");
    CHECK(problems[2].starts_with("test.toml:4:"));
    CHECK(problems[2].contains("no NIC is named eth7"));
}

TEST_CASE("a NIC that is not there is told beside whatever else is wrong with its section",
          "[engine][limits]") {
    const FakeHost host = given::host().with_nic("eth0").with_cpus({.cores = 2});
    const auto has = [](const std::vector<std::string>& problems, std::string_view place,
                        std::string_view text) {
        return std::ranges::any_of(problems, [&](const std::string& problem) {
            return problem.starts_with(place) && problem.contains(text);
        });
    };
    SECTION("a key that there is not") {
        const auto problems = problems_on(host, "[nic.eth7]\nmtuu = 1400\n");
        CHECK(problems.size() == 2);
        CHECK(has(problems, "test.toml:1:", "no NIC is named eth7"));
        CHECK(has(problems, "test.toml:2:", "no setting mtuu"));
    }
    SECTION("CPUs that there are not") {
        const auto problems =
            problems_on(host, "[irq.eth7]\ncpus = \"0-99\"\n[nic.eth0]\nmtu = \"big\"\n");
        CHECK(problems.size() == 3);
        CHECK(has(problems, "test.toml:1:", "no NIC is named eth7"));
        CHECK(has(problems, "test.toml:2:", "CPU 2-99 is not online"));
    }
}

TEST_CASE("where a glob takes virtual NICs alone it is told how they are taken",
          "[engine][limits]") {
    const auto problems = problems_on(given::host().with_nic("veth0", {.kind = "veth"}),
                                      "[nic.\"veth*\"]\nmtu = 1400\n[nic.\"eth*\"]\nmtu = 1400\n");
    REQUIRE(problems.size() == 2);
    CHECK(problems[0] ==
          "test.toml:1:6: no physical NIC matches veth*; the NICs here are veth0; those that are "
          "virtual are taken by their names, or with match = { kind = \"any\" }");
    CHECK(problems[1] == "test.toml:3:6: no physical NIC matches eth*; the NICs here are veth0");
}

TEST_CASE("what hangs on a line that is wrong is not told besides", "[engine][limits]") {
    CHECK(problems_on(given::host().with_nic("eth0").with_cpus({.cores = 2, .threads = 2}),
                      "[cpus]\nirq = \"nowhere\"\n[nic.eth0]\nchannels.combined = \"x\"\n"
                      "[irq.eth0]\ncpus = \"irq\"\nspread = \"one-to-one\"\n")
              .size() == 2);
}

TEST_CASE("an optional count above what a device has is reported, and the rest is applied",
          "[engine][limits]") {
    FakeHost host = given::host().with_nic("eth0");
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report =
        engine.apply("[nic.eth0]\nring.rx = { value = 8192, optional = true }\nring.tx = 1024\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "nic.ring.rx", Target::nic("eth0")).outcome == Outcome::unsupported);
    CHECK(row_at(report, "nic.ring.tx", Target::nic("eth0")).outcome == Outcome::changed);
}

TEST_CASE("channels that would leave no queue are told at both lines", "[engine][limits]") {
    const std::string none =
        "no queue that receives would be left: channels.combined and channels.rx would both be 0";
    CHECK(problems_on(given::host().with_nic("v0", {.kind = "veth"}),
                      "[nic.v0]\nchannels.rx = 0\nchannels.tx = 2\n") ==
          Messages{"test.toml:2:10: nic.channels.rx on v0: " + none,
                   "test.toml:3:10: nic.channels.tx on v0: " + none});
}

TEST_CASE("a clock source that the host does not offer is told at its line", "[engine][limits]") {
    const std::string folder = "/sys/devices/system/clocksource/clocksource0/";
    const FakeHost host = given::host()
                              .with(folder + "current_clocksource", "hpet")
                              .with(folder + "available_clocksource", "hpet acpi_pm");
    CHECK(problems_on(host, "[cpu]\nclocksource = \"tsc\"\n") ==
          Messages{"test.toml:2:1: cpu.clocksource on host: tsc is not among what this host "
                   "offers: hpet acpi_pm"});
}

TEST_CASE("what is wrong with several devices is told in the order of lines", "[engine][limits]") {
    const auto messages = problems_on(
        given::host().with_nic("eth0").with_nic("eth1"),
        "[nic.eth1]\nmtu = 65536\nchannels.combined = 64\n"
        "[nic.eth0]\nmtu = 65536\nchannels.combined = 64\n[cpu.\"9\"]\nonline = true\n");
    REQUIRE(messages.size() == 5);
    CHECK(messages[0].starts_with("test.toml:2:1: nic.mtu on eth1"));
    CHECK(messages[1].starts_with("test.toml:3:10: nic.channels.combined on eth1"));
    CHECK(messages[2].starts_with("test.toml:5:1: nic.mtu on eth0"));
    CHECK(messages[3].starts_with("test.toml:6:10: nic.channels.combined on eth0"));
    CHECK(messages[4].starts_with("test.toml:7:6: "));
}

TEST_CASE("a CPU plan that does not fit the host hides nothing else", "[engine][limits]") {
    const auto messages =
        problems_on(given::host().with_nic("eth0").with_cpufreq(),
                    "[cpus]\ndatapath = \"7\"\n[nic.eth0]\nring.rx = 8192\n[cpu.\"9\"]\n"
                    "governor = \"performance\"\n[irq.eth0]\ncpus = \"${cpus.datapath}\"\n");
    REQUIRE(messages.size() == 3);
    CHECK(messages[0].starts_with("test.toml:2:1: cpus.datapath: "));
    CHECK(messages[1].starts_with("test.toml:4:6: nic.ring.rx on eth0: "));
    CHECK(messages[2].starts_with("test.toml:5:6: [cpu.\"9\"]: 9 is not there"));
}

TEST_CASE("channels and a one-to-one spread that do not fit clash at both lines",
          "[engine][limits]") {
    CHECK(problems_on(given::host().with_nic("eth0", {.queues = 1}),
                      "[nic.eth0]\nchannels.combined = 4\n"
                      "[irq.eth0]\ncpus = \"2-3\"\nspread = \"one-to-one\"\n") ==
          Messages{"test.toml:5:1: one-to-one needs a CPU for each of the 4 queues that "
                   "test.toml:2:10 gives eth0; cpus (test.toml:4:1) has 2: 2-3"});
}

TEST_CASE("channels that make a one-to-one spread fit are no error, although today's do not",
          "[engine][limits]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 4});
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report report = engine.apply(
        "[nic.eth0]\nchannels.combined = 2\n"
        "[irq.eth0]\ncpus = \"2-3\"\nspread = \"one-to-one\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
}

TEST_CASE("what only the interrupts stage can know fails there and is rolled back",
          "[engine][limits]") {
    FakeHost host = given::host().with_nic("eth0", {.queues = 1});
    // A driver that sets up another queue with its rings.
    host.on_write(ring_rx, [](Edit& edit, const Write&) {
        add_interrupt(edit, another_irq, "eth0-TxRx-1", 0);
        edit.set("queue:eth0:rx-1", "8193 " + std::to_string(another_irq));
        write_interrupt_table(edit);
    });
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    constexpr auto profile =
        "[nic.eth0]\nring.rx = 1024\n[irq.eth0]\ncpus = \"2\"\nspread = \"one-to-one\"\n";
    REQUIRE(engine.planned(profile).exit == Exit::differs);
    const Report report = engine.apply(profile);
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    CHECK(text_of(report).contains("test.toml:5:1: one-to-one needs a CPU for each of the 2"));
    CHECK(host.text(ring_rx) == "512/4");
}

TEST_CASE("a file that nobody may write is left out where that is optional, and right as it is",
          "[engine][limits]") {
    Scene scene(given::plain_host().read_only("/proc/sys/vm/swappiness"));
    auto& [host, before, folder, engine] = scene;
    const Report optional =
        engine.apply("[memory]\nswappiness = { value = 10, optional = true }\n");
    INFO(text_of(optional));
    CHECK(optional.exit == Exit::as_wanted);
    CHECK(row_at(optional, "memory.swappiness", Target::host()).outcome == Outcome::unsupported);
    CHECK(engine.apply("[memory]\nswappiness = 60\n").exit == Exit::as_wanted);

    const Report required = engine.apply("[memory]\nswappiness = 10\n");
    INFO(text_of(required));
    CHECK(required.exit == Exit::refused);
    REQUIRE(required.problems.size() == 1);
    CHECK(required.problems.front().message.contains("/proc/sys/vm/swappiness"));
    CHECK(difference(before, host) == no_difference);
}
