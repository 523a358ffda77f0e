// What doctor makes of where interrupts, threads and memory are.
#include "cli/doctor/diagnosis.hpp"
#include "findings_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::doctor;
using namespace nanotune::doctor::given;

TEST_CASE("a host with nothing wrong has no findings", "[cli][doctor]") {
    CHECK(names_of(findings_of(sound())).empty());
}

TEST_CASE("interrupts of a NIC on another node's CPUs are told with a line for the near ones",
          "[cli][doctor]") {
    HostFacts facts = sound();
    facts.topology.nics.push_back(nic_on_node_1(0));
    const Finding finding = only(facts);
    CHECK(finding.seen == "1 of its 1 interrupt runs on node 0, and the NIC is on node 1");
    CHECK(finding.remedies == std::vector{optional("irq.\"eth0\"", "cpus", "2-3")});
    facts.topology.nics = {nic_on_node_1(2)};
    CHECK(findings_of(facts).empty());
}

TEST_CASE("a datapath and its memory belong on its NIC's node", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.realtime_runtime = -1;
    facts.topology.nics.push_back(nic_on_node_1(2));
    facts.datapaths.push_back({.name = "orders",
                               .process = 9,
                               .cpus = CpuSet::of(1),
                               .device = "eth0",
                               .pages = {{0, 10}, {1, 30}}});
    CHECK(names_of(findings_of(facts)) == std::vector<std::string>{"node orders", "node orders"});
    facts.datapaths[0].cpus = CpuSet::of(3);
    CHECK(findings_of(facts).empty());
}

TEST_CASE("what comes on isolated CPUs is told, and how it is kept away", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.realtime_runtime = -1;
    facts.topology.hardware.topology.isolated = CpuSet::of(3);
    facts.topology.nics.push_back(nic_on_node_1(3));
    facts.interrupts = {
        {.name = "41", .action = "eth0-rx-0", .on = {{3, 7}}},
        {.name = "9", .action = "acpi", .on = {{0, 50}}},
        {.name = "LOC", .action = "Local timer interrupts", .on = {{0, 250}, {3, 250}}},
        {.name = "RES", .action = "Rescheduling interrupts", .on = {{3, 2}}}};
    const Findings findings = findings_of(facts);
    CHECK(names_of(findings) == std::vector<std::string>{"interrupts 41", "interrupts LOC"});
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].remedies == std::vector{optional("irq.\"eth0\"", "cpus", "2")});
    CHECK(findings[1].remedies ==
          std::vector{optional("boot", "nohz_full", "3"), optional("boot", "rcu_nocbs", "3")});
    facts.topology.hardware.nohz_full = CpuSet::of(3);
    CHECK(findings_of(facts)[1].remedies.empty());
}

TEST_CASE("threads on isolated CPUs are told by what can be done about them", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.realtime_runtime = -1;
    facts.topology.hardware.topology.isolated = CpuSet::of(3);
    facts.datapaths.push_back({.name = "orders", .process = 50, .cpus = CpuSet::of(2)});
    facts.tasks = {
        {.process = 2, .thread = 2, .name = "kswapd0", .is_kernel = true, .cpu = 3, .seconds = 0.1},
        {.process = 3,
         .thread = 3,
         .name = "ksoftirqd/3",
         .is_kernel = true,
         .cpu = 3,
         .seconds = 0.1},
        {.process = 7, .thread = 8, .name = "cron", .cpu = 3, .is_runnable = true},
        {.process = 50, .thread = 50, .name = "worker", .cpu = 2, .seconds = 1},
        {.process = 7, .thread = 9, .name = "cron", .cpu = 0, .seconds = 1}};
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].seen ==
          "threads of the kernel's ran on isolated or datapath CPUs: kswapd0 (2) on "
          "CPU 3, 0.10 s");
    CHECK(findings[0].remedies[1] == optional("process.kernel-threads", "keep_off", "2-3"));
    CHECK(findings[1].remedies.empty());
    CHECK(findings[2].seen.ends_with("cron (8) on CPU 3, runnable"));
    CHECK(findings[2].remedies == std::vector{optional("boot", "isolcpus", "2-3")});
    facts.topology.hardware.topology.isolated = CpuSet::range(2, 3);
    CHECK(findings_of(facts).back().remedies.empty());
    CHECK(findings_of(facts).back().advice.starts_with("bind them: "));
}

TEST_CASE("a load above the number of CPUs and a hypervisor that takes time are told",
          "[cli][doctor]") {
    HostFacts facts = sound();
    facts.load = 4.5;
    facts.cpus[1].busy = 0.99;
    facts.cpus[2].stolen = 0.05;
    facts.tasks = {{.process = 7, .thread = 8, .name = "build", .cpu = 1, .seconds = 0.99}};
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].seen ==
          "a load of 4.5 on 4 CPUs, with no time left on CPU 1; most of it: build (8) on "
          "CPU 1, 0.99 s");
    CHECK(findings[1].seen == "the hypervisor gave time of CPU 2 to other guests");
}

TEST_CASE("a load that no thread of this window has made is told without names", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.load = 4.5;
    facts.tasks = {{.process = 7, .thread = 8, .name = "build", .cpu = 1, .is_runnable = true}};
    CHECK(only(facts).seen == "a load of 4.5 on 4 CPUs");
}
