// What doctor makes of what slows a host down, and of who else tunes it.
#include "cli/doctor/diagnosis.hpp"
#include "findings_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::doctor;
using namespace nanotune::doctor::given;

TEST_CASE("CPUs that are not as fast as they can be are told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.turbo = false;
    facts.cpus[0].governor = "powersave";
    facts.cpus[1].allowed_kilohertz = 2'000'000;
    facts.cpus[2].busy = 0.9;
    facts.cpus[2].kilohertz = 1'200'000;
    const Findings findings = findings_of(facts);
    CHECK(names_of(findings) == std::vector<std::string>{"frequency governor", "frequency limit",
                                                         "frequency turbo", "frequency reached"});
    CHECK(findings.back().seen == "CPU 2 works at 1.20 GHz, and may run at 3.00 GHz");
}

TEST_CASE("CPUs of two kinds are each told the frequency that they can have", "[cli][doctor]") {
    HostFacts facts = sound();
    for (CpuFacts& cpu : facts.cpus) {
        cpu.allowed_kilohertz = 2'000'000;
        cpu.kilohertz = 2'000'000;
    }
    CHECK(only(facts).remedies == std::vector{optional("cpu", "max_frequency", "3000000kHz")});
    facts.cpus[3].most_kilohertz = 2'500'000;
    CHECK(only(facts).seen ==
          "not allowed to run as fast as possible: CPU 3 (2.50 GHz), CPUs 0-2 (3.00 GHz)");
    CHECK(only(facts).remedies ==
          std::vector{optional("cpu.\"3\"", "max_frequency", "2500000kHz"),
                      optional("cpu.\"0-2\"", "max_frequency", "3000000kHz")});
}

TEST_CASE("deep sleep, SMT and throttling are told with their lines", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.cpus[3].exit_latency = 133;
    facts.cpus[3].deepest_idle = "C6";
    facts.smt = "on";
    facts.topology.hardware.topology.cores = {CpuSet::range(0, 1), CpuSet::range(2, 3)};
    facts.topology.hardware.topology.isolated = CpuSet::of(3);
    const Findings findings = findings_of(facts);
    CHECK(names_of(findings) ==
          std::vector<std::string>{"sleep idle", "smt smt", "throttling sched_rt_runtime_us"});
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].seen == "CPU 3 may sleep as deep as C6, which takes 133 us to wake up from");
    CHECK(findings[1].remedies == std::vector{optional("cpu", "smt", "off")});
    CHECK(findings[2].remedies ==
          std::vector{optional("sysctl", "\"kernel.sched_rt_runtime_us\"", "unlimited")});
}

TEST_CASE("a PCIe link narrower or slower than the card is told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].pcie = {"8.0 GT/s PCIe", "8.0 GT/s PCIe", 4, 8};
    CHECK(only(facts).seen ==
          "eth0 has 4 lanes of 8.0 GT/s PCIe, and could have 8 of 8.0 GT/s PCIe");
    facts.nics[0].pcie = {"Unknown", "Unknown", 255, 255};  // of a virtual card
    CHECK(findings_of(facts).empty());
}

TEST_CASE("a card that waits, sleeps or obeys pause frames is told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].adaptive_rx = true;
    facts.nics[0].rx_usecs = 50;
    facts.nics[0].sleeps_when_idle = true;
    facts.nics[0].pauses = true;
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].remedies ==
          std::vector{flag("nic.\"eth0\"", "coalesce.adaptive_rx", false),
                      optional("nic.\"eth0\"", "coalesce.rx_usecs", "0us")});
    CHECK(findings[1].remedies == std::vector{flag("nic.\"eth0\"", "eee.enabled", false)});
    CHECK(findings[2].remedies == std::vector{flag("nic.\"eth0\"", "pause.rx", false)});
}

TEST_CASE("a path that takes less than its first link is told, and who says so", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.path =
        PathFacts{.peer = "192.0.2.9", .device = "eth0", .device_mtu = 9000, .largest = 9000};
    CHECK(findings_of(facts).empty());
    facts.path->largest = 1500;
    CHECK(only(facts).seen ==
          "eth0 has an MTU of 9000, and packets of 1500 bytes are the largest of those tried that "
          "reach 192.0.2.9; no router tells of it");
    facts.path->told = 1500;
    facts.path->told_by = "192.0.2.1";
    CHECK(only(facts).seen.ends_with("; 192.0.2.1 tells of a link of 1500"));
    CHECK(only(facts).remedies == std::vector{optional("nic.\"eth0\"", "mtu", "1500")});
}

TEST_CASE("a slow clock, missing rights and other tools are told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.clocksource = "hpet";
    facts.unseen = {"/proc/a: permission denied", "/proc/b: permission denied"};
    facts.tools = {"tuned (812)"};
    const Findings findings = findings_of(facts);
    CHECK(names_of(findings) ==
          std::vector<std::string>{"clock clock", "rights rights", "tools tools"});
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].remedies == std::vector{optional("cpu", "clocksource", "tsc")});
    CHECK(findings[1].seen ==
          "2 things could not be looked at: /proc/a: permission denied; and 1 more");
}

TEST_CASE("nobody is told to end what sets up the network", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.tools = {"systemd-network (300)", "NetworkManager (301)"};
    CHECK(only(facts).advice ==
          "what sets up the network stays: see that it wants the same MTU and offloads");
    facts.tools = {"irqbalance (12)", "tuned (812)", "thermald (9)", "NetworkManager (301)"};
    CHECK(only(facts).advice.starts_with("end tuned, thermald before a profile is applied: docs/"));
    CHECK(only(facts).advice.contains("; irqbalance may stay"));
    CHECK(only(facts).advice.contains("; what sets up the network stays"));
}
