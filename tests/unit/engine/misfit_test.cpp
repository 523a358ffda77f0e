// What no host could hold is told before there is a host, and what this one cannot hold by what it
// lacks.
#include <algorithm>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

using Messages = std::vector<std::string>;

Messages messages(const Problems& problems) {
    Messages all;
    std::ranges::transform(problems, std::back_inserter(all), &Error::message);
    return all;
}

/// What `profile check` says, whatever the host.
Messages checked(std::string_view profile) {
    PlainScene scene;
    const ProfileSource source = [&](std::string_view, std::string_view) -> Result<ProfileText> {
        return ProfileText{.file = "test.toml", .text = std::string(profile)};
    };
    const auto loaded = loaded_profile("test", source, {});
    REQUIRE(loaded);
    const auto known = resolved(*loaded, scene.engine.catalog());
    return known ? Messages() : messages(known.error());
}

/// What plan says on this host.
Messages planned(FakeHost host, std::string_view profile) {
    Scene scene(std::move(host));
    return messages(scene.engine.planned(profile).problems);
}

constexpr std::string_view feed = "[process.feed]\nmatch = { comm = \"feed\" }\n";

}  // namespace

TEST_CASE("words of scheduling that belong together are missed whether or not the process runs",
          "[engine][misfits]") {
    const struct {
        std::string_view said;
        std::string_view message;
    } each[] = {
        {"policy = \"fifo\"\n",
         "test.toml:3:1: process: policy fifo needs a priority from 1 to 99"},
        {"priority = 5\n", "test.toml:3:1: process: a priority needs a policy: fifo or rr"},
        {"policy = \"other\"\npriority = 5\n",
         "test.toml:4:1: process: policy other has no priority, not 5"},
        {"threads = [{ name = \"*\", priority = 5 }]\n",
         "test.toml:3:37: process: a priority needs a policy: fifo or rr"},
        {"threads = [{ policy = \"other\" }]\n",
         "test.toml:3:23: process: a row of process.threads needs a name (\"*\" for every thread)"},
    };
    for (const auto& [said, message] : each) {
        const std::string profile = std::string(feed) + std::string(said);
        INFO(profile);
        CHECK(checked(profile) == Messages{std::string(message)});
        CHECK(planned(given::host(), profile) == Messages{std::string(message)});
        CHECK(planned(given::host().with_process("feed", {.pid = 300}), profile) ==
              Messages{std::string(message)});
    }
    CHECK(checked(std::string(feed) + "policy = \"fifo\"\npriority = 5\n").empty());
}

TEST_CASE("of a process that does not run yet, plan shows its rows of threads",
          "[engine][misfits]") {
    PlainScene scene;
    const Report report = scene.engine.planned(
        std::string(feed) + "threads = [{ name = \"rx-*\", policy = \"fifo\", priority = 80 }]\n");
    INFO(text_of(report));
    CHECK(report.exit == Exit::as_wanted);
    CHECK(row_at(report, "process.feed", {"process", "feed"}).wanted ==
          "threads (name rx-*, policy fifo, priority 80)");
}

TEST_CASE("memory nodes of a process that does not run yet are those of the host",
          "[engine][misfits]") {
    CHECK(planned(given::host(), std::string(feed) + "memory_nodes = \"9\"\n") ==
          Messages{"test.toml:3:1: memory_nodes: there is no memory node 9; there are 0"});
    CHECK(planned(given::host(), std::string(feed) + "memory_nodes = \"0\"\n").empty());
}

TEST_CASE("the priority of the kernel's own threads is given, and noted", "[engine][misfits]") {
    Scene scene(given::host().with_process("feed", {.pid = 300}));
    const Report report =
        scene.engine.planned(std::string(feed) + "policy = \"fifo\"\npriority = 99\n");
    INFO(text_of(report));
    CHECK(row_at(report, "process.thread.scheduling", {"thread", "300/300:1000"}).message ==
          "priority 99 is that of the kernel's own threads, which may have to wait for these");
    const Report lower =
        scene.engine.planned(std::string(feed) + "policy = \"fifo\"\npriority = 98\n");
    CHECK(row_at(lower, "process.thread.scheduling", {"thread", "300/300:1000"}).message.empty());
}

TEST_CASE("a number above the one that bounds it is told at both lines", "[engine][misfits]") {
    CHECK(checked("[memory]\ndirty_ratio = 40\ndirty_background_ratio = 60\n") ==
          Messages{"test.toml:3:1: memory.dirty_background_ratio 60% is above memory.dirty_ratio "
                   "40% (test.toml:2:1)"});
    CHECK(checked("[memory]\ndirty_background_ratio = 60\n[sysctl]\n\"vm.dirty_ratio\" = 40\n") ==
          Messages{"test.toml:2:1: memory.dirty_background_ratio 60% is above memory.dirty_ratio "
                   "40% (test.toml:4:1)"});
    CHECK(checked("[cpu]\nmin_frequency = \"3GHz\"\nmax_frequency = \"2GHz\"\n") ==
          Messages{"test.toml:2:1: cpu.min_frequency 3GHz is above cpu.max_frequency 2GHz "
                   "(test.toml:3:1)"});
    CHECK(checked("[cpu]\nmin_frequency = \"2GHz\"\nmax_frequency = \"2GHz\"\n").empty());
}

TEST_CASE("sections that select one target otherwise are held to its bounds together",
          "[engine][misfits]") {
    const std::string profile =
        "[cpu]\nmax_frequency = \"2GHz\"\n[cpu.\"1\"]\nmin_frequency = \"3GHz\"\n";
    CHECK(checked(profile).empty());
    CHECK(planned(given::host().with_cpufreq({}), profile) ==
          Messages{"test.toml:4:1: cpu.min_frequency 3GHz is above cpu.max_frequency 2GHz "
                   "(test.toml:2:1)"});
}

TEST_CASE("numbers that rise are refused where they fall", "[engine][misfits]") {
    const Messages said = checked("[sysctl]\n\"net.ipv4.tcp_rmem\" = \"300000 200000 100000\"\n");
    REQUIRE(said.size() == 1);
    CHECK(said.front() ==
          "test.toml:2:23: sysctl.net.ipv4.tcp_rmem: expected 3 whole numbers, none less than the "
          "one before, not \"300000 200000 100000\"");
    CHECK(checked("[sysctl]\n\"net.ipv4.tcp_rmem\" = \"4096 4096 100000\"\n").empty());
}

TEST_CASE("a CPU in two lists that exclude each other is told without a host",
          "[engine][misfits]") {
    CHECK(checked("[cpus]\nhousekeeping = \"0-1\"\nisolated = \"1-3\"\n") ==
          Messages{"test.toml:3:1: cpus.isolated 1-3 and cpus.housekeeping 0-1 (test.toml:2:1) "
                   "both hold CPU 1: an isolated CPU keeps no house"});
    CHECK(checked("[cpus]\nhousekeeping = \"0\"\nisolated = \"1-3\"\n").empty());
    CHECK(checked("[cpus]\nhousekeeping = \"0\"\nisolated = \"online\"\n").empty());
}

TEST_CASE("weights that could not be added up are told without a host", "[engine][misfits]") {
    const std::string heavy = "9223372036854775807";
    CHECK(checked("[nic.eth0]\nrss.weights = [" + heavy + ", " + heavy + ", 3]\n") ==
          Messages{"test.toml:2:5: nic: rss.weights: " + heavy + " is no weight from 0 to 65536"});
    CHECK(checked("[nic.eth0]\nrss.weights = [3, -1]\n") ==
          Messages{"test.toml:2:5: nic: rss.weights: -1 is no weight from 0 to 65536"});
}

TEST_CASE("weights that do not fit their queues are told without a host", "[engine][misfits]") {
    CHECK(checked("[nic.eth0]\nrss.queues = \"0-1\"\nrss.weights = \"1 2 3\"\n") ==
          Messages{"test.toml:3:5: nic: rss.weights has 3 numbers for the 2 queues of rss.queues "
                   "(test.toml:2:5)"});
}

TEST_CASE("a queue that only the other direction has is told by what changes it",
          "[engine][misfits]") {
    const FakeHost host = given::host().with_nic("v0", {.kind = "veth"});
    CHECK(planned(host, "[nic.v0]\nchannels.tx = 1\n[nic.v0.queue.\"1\"]\nxps.cpus = \"0\"\n") ==
          Messages{"test.toml:3:15: v0 has no queue 1; there are 0, as test.toml:2:10 wants it"});
}

TEST_CASE("a section of which only some queues are left is told at both lines",
          "[engine][misfits]") {
    const FakeHost host = given::host().with_nic("v0", {.kind = "veth"});
    const std::string half =
        "[nic.v0]\nchannels.rx = 1\n[nic.v0.queue.\"0-1\"]\nrps.cpus = \"1\"\n";
    CHECK(planned(host, half) ==
          Messages{"test.toml:3:15: v0 has no queue 1; there are 0, as test.toml:2:10 wants it"});
    Scene scene(given::host().with_nic("eth0"));
    const Report glob = scene.engine.planned("[nic.\"eth*\".queue.\"2-7\"]\nrps.cpus = \"1\"\n");
    INFO(text_of(glob));
    CHECK(glob.exit == Exit::differs);
    CHECK(std::ranges::any_of(glob.notes, [](const std::string& note) {
        return note.contains("eth0 has no queue 4-7; there are 0-3");
    }));
}

TEST_CASE("receive queues that a device does not have are refused before the kernel is asked",
          "[engine][misfits]") {
    const FakeHost host = given::host().with_nic("eth0");
    const Messages said = planned(host, "[nic.eth0.queue.\"0\"]\nxps.rxqs = \"5\"\n");
    CHECK(said == Messages{"test.toml:2:5: nic.xps.rxqs on eth0/tx-0: eth0 does not receive with "
                           "queue 5; there are 0-3"});
    CHECK(planned(host, "[nic.eth0.queue.\"0\"]\nxps.rxqs = \"3\"\n").empty());
}

TEST_CASE("what the kernel's command line cannot say is refused", "[engine][misfits]") {
    const FakeHost host = given::host().with("/proc/cmdline", "quiet");
    const auto problems = planned(
        host,
        "[boot]\nmce = 'x\"y'\nhugepagesz = [\"2M\", \"1G\"]\nskew_tick = true\niommu = \"pt\"\n");
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].contains("test.toml:2:7: boot.mce: expected text on one line"));
    CHECK(problems[0].contains("cannot say a double quote"));
    CHECK(problems[1].contains("several have spaces between"));
    CHECK(problems[2].contains("write 0 or 1"));
    CHECK(planned(host, "[boot]\nhugepagesz = \"1G 2M\"\nhugepages = \"0:16,1:16 0:512,1:512\"\n")
              .empty());
    CHECK(planned(host, "[boot]\nhugepages = \"0:16,512\"\n").size() == 1);
}

TEST_CASE("a thread with no CPU at all is told whether or not the process runs",
          "[engine][misfits]") {
    const std::string profile =
        std::string(feed) + "cpus = \"\"\nthreads = [{ name = \"rx\", cpus = \"\" }]\n";
    const Messages told = {"test.toml:3:1: process: process.cpus names no CPU",
                           "test.toml:4:34: process: process.cpus names no CPU"};
    CHECK(checked(profile) == told);
    CHECK(planned(given::host(), profile) == told);
    CHECK(planned(given::host().with_process("feed", {.pid = 300}), profile) == told);
}

TEST_CASE("interrupts of a host without a physical NIC are told, not passed over",
          "[engine][misfits]") {
    const FakeHost host = given::host().with_nic("veth0", {.kind = "veth"});
    CHECK(planned(host, "[irq]\ncpus = \"0\"\n") ==
          Messages{"test.toml:2:1: irq.cpus: this host has no physical NIC that it could be for"});
    Scene scene(host);
    const Report report =
        scene.engine.planned("[irq.\"*\"]\ncpus = { value = \"0\", optional = true }\n");
    CHECK(report.exit == Exit::as_wanted);
    REQUIRE(report.rows.size() == 1);
    CHECK(report.rows[0].outcome == Outcome::unsupported);
}

TEST_CASE("memory nodes are told apart from CPUs", "[engine][misfits]") {
    const FakeHost host = given::host().with_node(0, {.hugepages_2m = 1});
    CHECK(planned(host, "[memory.\"7\"]\nhugepages.2MiB = 1\n") ==
          Messages{"test.toml:1:9: [memory.\"7\"]: 7 is not there; there are 0"});
    CHECK(planned(host, "[memory.\"1\"]\nhugepages.2MiB = 1\n") ==
          Messages{"test.toml:1:9: [memory.\"1\"]: 1 is not there; there are 0"});
}
