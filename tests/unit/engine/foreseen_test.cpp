// What a plan shows is what its apply does: also where the plan itself takes CPUs and queues away,
// or brings them.
#include <linux/ethtool_netlink.h>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/foretold.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Two cores of two threads: CPU 2 is the sibling of 0, CPU 3 that of 1.
FakeHost two_threads() {
    return given::host().with_cpus({.cores = 2, .threads = 2}).with_cpufreq().with_cpuidle();
}

/// The plan shows what the apply does, in words and in numbers, and the apply says so of no more.
void check_as_planned(EngineOn& engine, const std::string& profile) {
    const Report planned = engine.planned(profile);
    INFO(text_of(planned));
    REQUIRE(planned.problems.empty());
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    REQUIRE(applied.problems.empty());
    CHECK(rows_changed(applied) == rows_with(planned, Outcome::not_done));
    for (const Outcome outcome : {Outcome::unchanged, Outcome::unsupported}) {
        CHECK(rows_with(applied, outcome) == rows_with(planned, outcome));
    }
    for (const Row& row : applied.rows) {
        INFO(row.setting << " on " << row.target.text());
        CHECK((row.outcome != Outcome::changed || row.before != row.got));
    }
}

}  // namespace

TEST_CASE("a plan shows no setting of a CPU that it takes offline", "[engine][foreseen]") {
    const std::string all =
        "governor = \"performance\"\nwake_latency = \"50us\"\n"
        "energy_bias = { value = 0, optional = true }\n";
    for (const std::string& profile :
         {"[cpu]\nsmt = \"off\"\n" + all, "[cpu.\"1,3\"]\nonline = false\n[cpu]\n" + all,
          "[cpu]\nsmt = \"off\"\n" + all + "[cpu.\"0-1\"]\nwake_latency = \"0us\"\n"}) {
        Scene scene(two_threads());
        INFO(profile);
        check_as_planned(scene.engine, profile);
        CHECK(scene.engine.rollback().exit == Exit::as_wanted);
        CHECK(difference(scene.before, scene.host) == no_difference);
    }
}

TEST_CASE("a plan does not count what CPUs lack that it takes offline", "[engine][foreseen]") {
    Scene scene(two_threads().without("energy_perf_bias"));
    const std::string profile =
        "[cpu]\nsmt = \"off\"\nenergy_bias = { value = 0, optional = true }\n";
    check_as_planned(scene.engine, profile);
}

TEST_CASE("a plan shows the settings of CPUs that it brings, with a value that nobody knows yet",
          "[engine][foreseen]") {
    const std::string all = "governor = \"performance\"\nwake_latency = \"50us\"\n";
    const auto [first, second] = GENERATE(table<std::string, std::string>({
        {"[cpu]\nsmt = \"off\"\n", "[cpu]\nsmt = \"on\"\n"},
        {"[cpu]\nsmt = \"off\"\n", "[cpu]\n"},  // back to what it was
        {"[cpu.\"3\"]\nonline = false\n", "[cpu.\"3\"]\nonline = true\n[cpu]\n"},
    }));
    Scene scene(two_threads());
    INFO(second);
    REQUIRE(scene.engine.apply(first + (first.starts_with("[cpu]") ? all : "[cpu]\n" + all)).exit ==
            Exit::as_wanted);
    const Report planned = scene.engine.planned(second + all);
    const Row row = row_at(planned, "cpu.wake_latency", Target::cpu(3));
    CHECK(row.outcome == Outcome::not_done);
    CHECK(row.before.empty());
    CHECK(row.wanted == "50us");
    CHECK(row.message.starts_with("known after cpu."));
    check_as_planned(scene.engine, second + all);
    CHECK(scene.engine.rollback_all().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a plan shows the steering of the queues that it leaves, and of those that it brings",
          "[engine][foreseen]") {
    const unsigned queues = GENERATE(1U, 2U, 4U);
    Scene scene(given::host().with_nic("eth0", {.queues = queues}));
    const std::string profile =
        "[nic.eth0]\nchannels.combined = 2\nrps.cpus = \"1\"\nrps.flow_cnt = 64\n"
        "xps.cpus = \"2\"\n";
    const Report planned = scene.engine.planned(profile);
    INFO(text_of(planned));
    const Row second = row_at(planned, "nic.rps.cpus", {"rx_queue", "eth0/rx-1"});
    CHECK(second.outcome == Outcome::not_done);
    CHECK(second.before == (queues == 1 ? "" : "none"));
    CHECK(second.message == (queues == 2 ? "" : "known after nic.channels.combined"));
    CHECK(row_at(planned, "nic.rps.cpus", {"rx_queue", "eth0/rx-2"}).setting == "none");
    check_as_planned(scene.engine, profile);
    CHECK(scene.engine.rollback().exit == Exit::as_wanted);
    CHECK(difference(scene.before, scene.host) == no_difference);
}

TEST_CASE("a queue that only sends is one of its own direction in a plan", "[engine][foreseen]") {
    Scene scene(given::host().with_nic("veth0", {.queues = 4, .kind = "veth"}));
    const Report planned =
        scene.engine.planned("[nic.veth0]\nchannels.tx = 1\nrps.cpus = \"1\"\nxps.cpus = \"2\"\n");
    INFO(text_of(planned));
    CHECK(row_at(planned, "nic.rps.cpus", {"rx_queue", "veth0/rx-3"}).outcome == Outcome::not_done);
    CHECK(row_at(planned, "nic.xps.cpus", {"tx_queue", "veth0/tx-1"}).setting == "none");
}

TEST_CASE("what a later write of the same apply disturbed, and the apply put right, is unchanged",
          "[engine][foreseen]") {
    Scene scene(given::host().with_nic("eth0", {.queues = 4}));
    const std::string channels =
        ethtool_cell("eth0", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT);
    const std::string delay =
        ethtool_cell("eth0", ETHTOOL_MSG_COALESCE_GET, ETHTOOL_A_COALESCE_TX_USECS);
    scene.host.reset_on_write(channels, delay, "7/4");
    REQUIRE(scene.engine.apply("[nic.eth0]\ncoalesce.tx_usecs = 0\n").exit == Exit::as_wanted);
    const std::string smt = GENERATE("", "[cpu.\"3\"]\nonline = false\n");
    check_as_planned(scene.engine,
                     smt + "[nic.eth0]\nchannels.combined = 2\ncoalesce.tx_usecs = 0\n");
    CHECK(scene.host.text(delay) == "0/4");
}

TEST_CASE("a section that names only CPUs which the plan takes offline is told of before a write",
          "[engine][foreseen]") {
    Scene scene(two_threads());
    const Report planned =
        scene.engine.planned("[cpu]\nsmt = \"off\"\n[cpu.\"2-3\"]\ngovernor = \"performance\"\n");
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE(planned.problems.size() == 1);
    CHECK(planned.problems[0].message.contains("CPU 2-3 is taken offline by test.toml:2"));
}

TEST_CASE("a feature that another of the same profile keeps off is told of before a write",
          "[engine][foreseen]") {
    Scene scene(given::host().with_nic("eth0"));
    const std::string order = GENERATE("features.sg = false\nfeatures.tso = true\n",
                                       "features.tso = true\nfeatures.sg = false\n");
    const bool is_on = GENERATE(true, false);
    for (const std::string name : {"tx-tcp-segmentation", "tx-tcp6-segmentation",
                                   "tx-tcp-ecn-segmentation", "tx-tcp-mangleid-segmentation"}) {
        scene.host.with(feature_cell("eth0", name), is_on ? "on on" : "off off");
    }
    const Report planned = scene.engine.planned("[nic.eth0]\n" + order);
    INFO(text_of(planned));
    CHECK(planned.exit == Exit::refused);
    REQUIRE_FALSE(planned.problems.empty());
    CHECK(planned.problems[0].message ==
          "test.toml:" + std::string(order.starts_with("features.tso") ? "2" : "3") +
              ":10: nic.features.tx-tcp-segmentation on eth0: the kernel would keep it off: it "
              "needs tx-scatter-gather, which is to be off");
    const Report applied = scene.engine.apply("[nic.eth0]\n" + order);
    CHECK(applied.exit == Exit::refused);
    CHECK(scene.engine.system().writes().empty());
}

TEST_CASE("an optional feature that another one keeps off is unsupported in the plan",
          "[engine][foreseen]") {
    Scene scene(given::host().with_nic("eth0"));
    check_as_planned(scene.engine,
                     "[nic.eth0]\nfeatures.sg = false\n"
                     "features.tso = { value = true, optional = true }\n");
}

TEST_CASE("where an apply keeps what it reached, what does not stay has a row and is not held",
          "[engine][foreseen]") {
    Scene scene(given::plain_host().with_nic("eth0"));
    const std::string length = link_number_cell("eth0", 13);
    scene.host.reset_on_write(swappiness, length, "7").reset_on_write(length, swappiness, "70");
    const Report report = scene.engine.apply(
        "[profile]\non_failure = \"keep\"\n[nic.eth0]\ntxqueuelen = 500\n"
        "[sysctl]\n\"vm.stat_interval\" = 10\n[memory]\nswappiness = 10\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::differs);
    CHECK(report.problems.empty());
    const Row lost = row_at(report, "memory.swappiness", Target::host());
    CHECK(lost.outcome == Outcome::refused);
    CHECK(lost.before == "60");
    CHECK(lost.got == "70");
    CHECK(lost.message.starts_with("it does not stay as it was set"));
    CHECK(row_at(report, "nic.txqueuelen", Target::nic("eth0")).outcome == Outcome::changed);
    CHECK(scene.engine.status().settings_held == 2);
}

TEST_CASE("a CPU that goes offline in the middle of an apply fails it at its line",
          "[engine][foreseen]") {
    Scene scene(given::host().with_nic("eth0"));
    scene.host.on_write(ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX),
                        [](Edit& edit, const Write&) {
                            edit.set("/sys/devices/system/cpu/online", "0-2");
                            edit.set("/sys/devices/system/cpu/cpu3/online", "0");
                        });
    const Report report =
        scene.engine.apply("[nic.eth0]\nring.rx = 256\n[cpu.\"3\"]\nwake_latency = \"50us\"\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::rolled_back);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().message ==
          "test.toml:4:1: cpu.wake_latency on cpu3: CPU 3 is offline");
    const std::string ring = ethtool_cell("eth0", ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX);
    CHECK(scene.host.text(ring) == scene.before.text(ring));
}

TEST_CASE("a plan says where its CPUs have another role since the boot", "[engine][cpu plan]") {
    Scene scene(given::host()
                    .with("/proc/cmdline", "quiet isolcpus=2-3")
                    .with("/sys/devices/system/cpu/isolated", "2-3"));
    const std::string automatic = "[cpus]\nhousekeeping = \"auto\"\n";
    CHECK(scene.engine.planned(automatic).notes.empty());
    CHECK(scene.engine.planned(automatic + "irq = \"3\"\n").notes ==
          std::vector<std::string>{
              "test.toml:3:1: cpus.irq 3 and the kernel's isolcpus=2-3 both hold "
              "CPU 3: interrupts disturb what was to run there alone"});
    const Report refused = scene.engine.planned("[cpus]\nhousekeeping = \"3\"\n");
    REQUIRE(refused.problems.size() == 1);
    CHECK(refused.problems.front().message.starts_with(
        "test.toml:2:1: cpus.housekeeping 3: the kernel was booted with isolcpus=2-3"));
}
