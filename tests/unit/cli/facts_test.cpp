// Facts, read from what a kernel tells.
#include "facts/facts.hpp"

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"
#include "support/given_hardware.hpp"

using namespace nanotune;
using namespace nanotune::facts;
using namespace nanotune::test;

namespace {

std::string stat_of(unsigned id, const std::string& name, const std::string& state, unsigned flags,
                    unsigned ticks, unsigned cpu) {
    std::string line = std::to_string(id) + " (" + name + ") " + state + " 1 1 1 0 -1 " +
                       std::to_string(flags) + " 0 0 0 0 " + std::to_string(ticks);
    for (int field = 15; field < 39; ++field) {
        line += " 0";
    }
    return line + " " + std::to_string(cpu) + " 0 0";
}

}  // namespace

TEST_CASE("interrupts are counted by CPU, whatever else stands in their line", "[facts]") {
    const auto found = interrupts_in(
        "           CPU0       CPU2\n"
        "  41:        100          7  PCI-MSI 524288-edge      eth0-rx-0\n"
        " LOC:         20         30   Local timer interrupts\n"
        " ERR:          0\n");
    REQUIRE(found.size() == 3);
    CHECK(found.at("41").on == std::map<unsigned, std::uint64_t>{{0, 100}, {2, 7}});
    CHECK(found.at("41").action == "eth0-rx-0");
    CHECK(found.at("LOC").action == "Local timer interrupts");
    CHECK(found.at("ERR").on == std::map<unsigned, std::uint64_t>{{0, 0}});
}

TEST_CASE("time of CPUs, of the backlog and of protocols is read by its fields", "[facts]") {
    const auto ticks = cpu_ticks("cpu  9 9 9 9\ncpu1 10 0 5 80 5 0 0 3 10 0\nintr 5\n");
    REQUIRE(ticks.size() == 1);
    CHECK(ticks.at(1).all == 103);
    CHECK(ticks.at(1).idle == 85);
    CHECK(ticks.at(1).stolen == 3);
    CHECK(softnet_in("000000ff 0000000a 00000001\n00000001 00000002 00000000\n") ==
          Counts{{"dropped", 12}, {"squeezed", 1}});
    CHECK(pairs_in("Udp: InDatagrams RcvbufErrors\nUdp: 5 2\n").at("Udp.RcvbufErrors") == 2);
}

TEST_CASE("counters of loss are told from others by their names", "[facts]") {
    CHECK(tells_of_loss("rx_queue_0_drops"));
    CHECK(tells_of_loss("rx_no_buffer_count"));
    CHECK(!tells_of_loss("rx_queue_0_packets"));
    CHECK(tells_of_loss("rx_no_dma_resources"));
    CHECK(tells_of_loss("queue_0_rx_overruns"));
    for (const char* const name : {"fdir_miss", "rx_steer_missed_packets", "[0]: missed_irqs",
                                   "tx_queue_0_unmask_interrupt", "rx_cache_miss"}) {
        CAPTURE(name);
        CHECK(!tells_of_loss(name));
    }
}

TEST_CASE("what happened between two samples is the facts of the window", "[facts]") {
    FakeHost host = given::host();
    host.with("/proc/stat", "cpu0 0 0 0 100 0 0 0 0 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0\n");
    host.with("/proc/interrupts", "  CPU0 CPU1\n 9: 1 1 IO-APIC 9 acpi\n");
    host.with("/proc/300/task/300/stat", stat_of(300, "tuned", "S", 0, 5, 1));
    host.with("/proc/301/task/301/stat", stat_of(301, "kswapd0", "S", 0x200000, 5, 1));
    host.with("/proc/cpuinfo", "model name\t: Test\nflags\t\t: fpu hypervisor sse");
    host.with("/proc/loadavg", "2.50 1 1 1/2 3");
    host.with("/proc/sys/net/core/wmem_max", "67108864");
    host.with("/sys/devices/system/cpu/cpu1/cpuidle/state0/latency", "0");
    host.with("/sys/devices/system/cpu/cpu1/cpuidle/state0/name", "POLL");
    host.with("/sys/devices/system/cpu/cpu1/cpuidle/state1/latency", "50");
    host.with("/sys/devices/system/cpu/cpu1/cpuidle/state1/name", "C3");
    FakeSystem system(host);
    const HostTopology topology = given::topology_of(host);
    const Sample first = sampled(system, {});
    host.with("/proc/stat", "cpu0 0 0 0 200 0 0 0 0 0 0\ncpu1 50 0 0 125 0 0 0 25 0 0\n");
    host.with("/proc/interrupts", "  CPU0 CPU1\n 9: 1 4 IO-APIC 9 acpi\n");
    host.with("/proc/301/task/301/stat", stat_of(301, "kswapd0", "R", 0x200000, 15, 1));
    FakeSystem later(host);
    Sample last = sampled(later, {});
    const HostFacts facts = facts_between(later, topology, first, last);
    CHECK(facts.processor == "Test");
    CHECK(facts.is_virtual);
    CHECK(facts.load == 2.5);
    CHECK(facts.sysctls.at("net.core.wmem_max") == 67'108'864);
    REQUIRE(facts.cpus.size() >= 2);
    CHECK(facts.cpus[1].busy == 0.5);
    CHECK(facts.cpus[1].stolen == 0.25);
    CHECK(facts.cpus[1].deepest_idle == "C3");
    REQUIRE(facts.interrupts.size() == 1);
    CHECK(facts.interrupts[0].on == std::map<unsigned, std::uint64_t>{{1, 3}});
    REQUIRE(facts.tasks.size() == 1);
    CHECK(facts.tasks[0] == TaskFacts{.process = 301,
                                      .thread = 301,
                                      .name = "kswapd0",
                                      .is_kernel = true,
                                      .cpu = 1,
                                      .is_runnable = true,
                                      .seconds = 0.1});
    CHECK(facts.tools == std::vector<std::string>{"tuned (300)"});
}

TEST_CASE("a thread that begins within the window has used all of its time there", "[facts]") {
    FakeHost host = given::host();
    host.with("/proc/301/task/301/stat", stat_of(301, "sh", "S", 0, 40, 1));
    FakeSystem system(host);
    const Sample first = sampled(system, {});
    host.with("/proc/301/task/301/stat", stat_of(301, "sh", "S", 0, 40, 1));
    host.with("/proc/310/task/310/stat", stat_of(310, "cc1plus", "S", 0, 70, 1));
    FakeSystem later(host);
    const Sample last = sampled(later, {});
    const HostFacts facts = facts_between(later, given::topology_of(host), first, last);
    REQUIRE(facts.tasks.size() == 1);
    CHECK(facts.tasks[0].name == "cc1plus");
    CHECK(facts.tasks[0].seconds == 0.7);
}

TEST_CASE("who looks is not among the threads that are seen", "[facts]") {
    FakeHost host = given::host();
    host.with("/proc/self/stat", stat_of(302, "nanotune", "R", 0, 5, 1));
    host.with("/proc/302/task/302/stat", stat_of(302, "nanotune", "R", 0, 5, 1));
    host.with("/proc/302/task/303/stat", stat_of(303, "nanotune", "R", 0, 5, 1));
    host.with("/proc/304/task/304/stat", stat_of(304, "nanotune", "R", 0, 5, 1));
    FakeSystem system(host);
    const Sample sample = sampled(system, {});
    CHECK(!sample.threads.contains(302));
    CHECK(!sample.threads.contains(303));
    CHECK(sample.threads.contains(304));  // another one of that name is somebody else
}

TEST_CASE("a file that may not be read is told, and keeps nothing else from being seen",
          "[facts]") {
    FakeHost host = given::host();
    host.with("/proc/loadavg", "0.5 1 1 1/2 3");
    host.with("/proc/cpuinfo", "model name\t: Test");
    host.unreadable("/proc/cpuinfo");
    FakeSystem system(host);
    const Sample sample = sampled(system, {});
    const HostFacts facts = facts_between(system, given::topology_of(host), sample, sample);
    CHECK(facts.load == 0.5);
    REQUIRE(!facts.unseen.empty());
    CHECK(facts.unseen.back().contains("/proc/cpuinfo"));
}

TEST_CASE("a card is known by its numbers, rings and what it can do", "[facts]") {
    FakeHost host = given::host();
    host.with_nic("eth0", {.queues = 4});
    FakeSystem system(host);
    const HostTopology topology = given::topology_of(host);
    const Sample sample = sampled(system, {"eth0"});
    const HostFacts facts = facts_between(system, topology, sample, sample);
    REQUIRE(facts.nics.size() == 1);
    CHECK(facts.nics[0].name == "eth0");
    CHECK(facts.nics[0].kind == "physical");
    CHECK(facts.nics[0].driver.starts_with("igb"));
    CHECK(facts.nics[0].rx_ring.has_value());
    CHECK(facts.nics[0].most_tx_ring.has_value());
    CHECK(facts.nics[0].features.contains("rx-checksum"));
    CHECK(system.writes().empty());
}
