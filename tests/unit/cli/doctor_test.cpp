// What doctor makes of facts.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/doctor/bundle.hpp"
#include "cli/doctor/diagnosis.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::doctor;

namespace {

/// Two nodes of two CPUs, nothing isolated, nothing wrong.
HostFacts sound() {
    HostFacts facts;
    facts.seconds = 1;
    facts.is_root = true;
    facts.smt = "off";
    facts.clocksource = "tsc";
    facts.clocksources = {"tsc", "hpet"};
    facts.realtime_runtime = 950'000;
    Topology& topology = facts.topology.hardware.topology;
    topology.present = CpuSet::range(0, 3);
    topology.online = CpuSet::range(0, 3);
    topology.nodes = {{0, CpuSet::range(0, 1)}, {1, CpuSet::range(2, 3)}};
    for (unsigned cpu = 0; cpu < 4; ++cpu) {
        topology.cores.push_back(CpuSet::of(cpu));
        facts.cpus.push_back({.cpu = cpu,
                              .governor = "performance",
                              .kilohertz = 3'000'000,
                              .most_kilohertz = 3'000'000,
                              .allowed_kilohertz = 3'000'000,
                              .deepest_idle = "C1",
                              .exit_latency = 2});
    }
    return facts;
}

/// A NIC on node 1 whose one interrupt runs on this CPU.
NicLayout nic_on_node_1(unsigned cpu) {
    NicLayout layout;
    layout.nic.device = "eth0";
    layout.node = 1;
    ServedQueues served;
    served.irq = 41;
    served.effective = CpuSet::of(cpu);
    layout.served.push_back(std::move(served));
    return layout;
}

NicFacts card() {
    return {.name = "eth0", .kind = "physical", .mtu = 1500, .rx_ring = 256, .most_rx_ring = 4096};
}

std::vector<std::string> names_of(const Findings& findings) {
    std::vector<std::string> names;
    for (const Finding& finding : findings) {
        names.push_back(std::string(finding.check) + " " + finding.subject);
    }
    return names;
}

/// The only finding.
Finding only(const HostFacts& facts) {
    const Findings findings = findings_of(facts);
    INFO("findings: " << Catch::StringMaker<std::vector<std::string>>::convert(names_of(findings)));
    REQUIRE(findings.size() == 1);
    return findings.front();
}

Remedy optional(const std::string& section, const std::string& key, const std::string& value) {
    return {section, key, "{ value = \"" + value + "\", optional = true }"};
}

Remedy flag(const std::string& section, const std::string& key, bool value) {
    return {section, key,
            std::string("{ value = ") + (value ? "true" : "false") + ", optional = true }"};
}

}  // namespace

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

TEST_CASE("packets that found no buffer are told with the ring that the card could have",
          "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].counters = {{"rx_missed_errors", {10, 14}}, {"rx_no_buffer_count", {3, 3}}};
    const Finding finding = only(facts);
    CHECK(finding.seen ==
          "eth0 has lost packets as no buffer was free: rx_missed_errors is 4 within 1.0 "
          "s, 14 since the start; the ring holds 256 of 4096 at most");
    CHECK(finding.remedies == std::vector{optional("nic.\"eth0\"", "ring.rx", "4096")});
    facts.nics[0].rx_ring = 4096;
    CHECK(only(facts).remedies.empty());
}

TEST_CASE("what could not be sent is no want of buffers to receive into", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    for (const char* const name : {"tx_missed", "queue_0_tx_missed_tx", "[0]: tx_discards"}) {
        CAPTURE(name);
        facts.nics[0].counters = {{name, {1, 4}}};
        CHECK(findings_of(facts).empty());
    }
    facts.nics[0].counters = {{"port_rx_nodesc_drops", {1, 4}}};
    CHECK(only(facts).seen.contains("no buffer was free: port_rx_nodesc_drops is 3 within"));
}

TEST_CASE("damaged frames and packets that the kernel drops have no line", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].counters = {{"rx_crc_errors", {2, 2}}, {"rx_dropped", {5, 6}}};
    CHECK(names_of(findings_of(facts)) == std::vector<std::string>{"rings eth0", "rings eth0"});
    facts.nics[0].counters = {{"rx_crc_errors", {0, 0}}, {"rx_dropped", {6, 6}}};
    CHECK(findings_of(facts).empty());
}

TEST_CASE("full queues of the stack are told with sysctls that hold more", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.sysctls = {{"net.core.netdev_max_backlog", 5000}, {"net.core.rmem_max", 212'992}};
    facts.softnet = {{"dropped", {1, 1}}, {"squeezed", {4, 5}}};
    facts.network = {{"Udp.RcvbufErrors", {0, 3}}, {"TcpExt.ListenOverflows", {0, 0}}};
    const Findings findings = findings_of(facts);
    CHECK(names_of(findings) ==
          std::vector<std::string>{"stack backlog", "stack softirq", "stack Udp.RcvbufErrors"});
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].remedies ==
          std::vector{optional("sysctl", "\"net.core.netdev_max_backlog\"", "10000")});
    CHECK(findings[2].remedies[0] == optional("sysctl", "\"net.core.rmem_max\"", "8388608"));
    CHECK(findings[2].advice.contains("rmem_default is of every other socket"));
}

TEST_CASE("no line makes less of a sysctl, or more of it than the kernel takes", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.sysctls = {{"net.core.wmem_max", 64 << 20}};
    facts.network = {{"Udp.SndbufErrors", {0, 3}}};
    CHECK(only(facts).remedies ==
          std::vector{optional("sysctl", "\"net.core.wmem_max\"", "134217728")});
    facts.sysctls = {{"net.core.wmem_max", 1'500'000'000}};
    CHECK(only(facts).remedies ==
          std::vector{optional("sysctl", "\"net.core.wmem_max\"", "2147483647")});
    facts.sysctls = {{"net.core.wmem_max", 2'147'483'647}};
    CHECK(only(facts).remedies.empty());
}

TEST_CASE("a datapath without a free slot for answers is told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.datapaths.push_back({.name = "orders", .cpus = CpuSet(), .device = "eth0"});
    facts.datapaths[0].counters = {{"transmit full", {1, 9}}, {"pool exhausted", {0, 0}}};
    CHECK(only(facts).remedies.empty());  // nobody knows its ring
    facts.nics.push_back(card());
    facts.nics[0].tx_ring = 256;
    facts.nics[0].most_tx_ring = 4096;
    CHECK(only(facts).remedies == std::vector{optional("nic.\"eth0\"", "ring.tx", "1024")});
    facts.nics[0].tx_ring = 2048;
    CHECK(only(facts).remedies == std::vector{optional("nic.\"eth0\"", "ring.tx", "4096")});
    facts.nics[0].tx_ring = 4096;
    CHECK(only(facts).remedies.empty());
}

TEST_CASE("wrong checksums, and a card that does not look at them, are told", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.network = {{"Udp.InCsumErrors", {2, 2}}};
    facts.nics.push_back(card());
    facts.nics[0].features = {{"rx-checksum", false}};
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].remedies == std::vector{flag("nic.\"eth0\"", "features.rx-checksum", true)});
    facts.nics.clear();
    // Packets whose time to live a router saw end are among these.
    facts.network = {{"Ip.InHdrErrors", {9, 9}}};
    CHECK(findings_of(facts).empty());
    facts.network = {{"IpExt.InCsumErrors", {9, 9}}};
    CHECK(only(facts).subject == "IpExt.InCsumErrors");
}

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

TEST_CASE("of two findings that set one thing, the profile has the first", "[cli][doctor]") {
    Findings findings(2);
    findings[0].remedies = {{"cpu", "governor", "\"performance\""}};
    findings[1].remedies = {{"cpu", "governor", "\"schedutil\""}};
    const cli::Import profile = remedies_of(findings);
    REQUIRE(profile.carried().size() == 1);
    CHECK(profile.carried()[0].spellings.front() == "\"performance\"");
}

TEST_CASE("the report fits 80 columns, and its JSON has every finding", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.processor = "A processor with quite a long name of its own @ 3.00GHz";
    facts.nics.push_back(card());
    facts.nics[0].adaptive_rx = true;
    facts.nics[0].counters = {{"rx_missed_errors", {10, 14}}};
    const Findings findings = findings_of(facts);
    std::string text;
    const cli::Screen screen([&text](std::string_view part) { text += part; },
                             [](std::string_view) {});
    print(screen.with({.width = 80}), facts, findings, true);
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        CHECK(line.size() <= 80);
        rest.remove_prefix(line.size() + 1);
    }
    CHECK(text.contains("[nic.\"eth0\"]"));
    const auto json = nlohmann::json::parse(json_of(facts, findings, 2));
    CHECK(json.at("exit") == 2);
    CHECK(json.at("findings").size() == 2);
    CHECK(json.at("findings")[0].at("check") == "rings");
}

TEST_CASE("lines are offered where there are some, and not when they were just written",
          "[cli][doctor]") {
    const auto said = [](const HostFacts& facts, bool offers_fix) {
        std::string text;
        const cli::Screen screen([&text](std::string_view part) { text += part; },
                                 [](std::string_view) {});
        print(screen, facts, findings_of(facts), offers_fix);
        return text;
    };
    HostFacts facts = sound();
    facts.unseen = {"/proc/a: permission denied"};
    CHECK(!said(facts, true).contains("--fix-profile"));
    facts.turbo = false;
    CHECK(said(facts, true).contains("--fix-profile FILE writes the lines above"));
    CHECK(!said(facts, false).contains("--fix-profile"));
    facts.smt = "notsupported";
    CHECK(said(facts, true).contains(", no SMT,"));
}

TEST_CASE("between two looks findings come and go, whatever their numbers", "[cli][doctor]") {
    Findings before(2);
    before[0] = {.check = "load", .subject = "load", .seen = "a load of 3.0", .why = {}};
    before[1] = {.check = "rings", .subject = "eth0", .seen = "lost 1", .why = {}};
    Findings now(2);
    now[0] = {.check = "rings", .subject = "eth0", .seen = "lost 2", .why = {}};
    now[1] = {.check = "stack", .subject = "backlog", .seen = "full", .why = {}};
    const std::vector<Change> changes = changes_between(before, now);
    REQUIRE(changes.size() == 2);
    const std::string line = json_of(changes[0], "2026-11-29T05:00:00Z");
    CHECK(std::ranges::count(line, '\n') == 1);
    const auto json = nlohmann::json::parse(line);
    CHECK(json.at("at") == "2026-11-29T05:00:00Z");
    CHECK(json.at("what") == "came");
    CHECK(json.at("finding").at("subject") == "backlog");
    CHECK(nlohmann::json::parse(json_of(changes[1], "")).at("what") == "gone");
    CHECK(changes[1].finding.seen == "a load of 3.0");
}

TEST_CASE("two things about one NIC come and go by themselves", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.nics.push_back(card());
    facts.nics[0].adaptive_rx = true;
    const Findings before = findings_of(facts);
    facts.nics[0].sleeps_when_idle = true;
    const std::vector<Change> changes = changes_between(before, findings_of(facts));
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].has_come);
    CHECK(changes[0].finding.seen == "the link of eth0 sleeps when idle (EEE)");
    std::string text;
    const cli::Screen screen([&text](std::string_view part) { text += part; },
                             [](std::string_view) {});
    print(screen, changes[0], "16:04:31");
    CHECK(text ==
          "16:04:31 came: the link of eth0 sleeps when idle (EEE) [delays]\n"
          "    [nic.\"eth0\"]\n"
          "    eee.enabled = { value = false, optional = true }\n");
}

TEST_CASE("what is lost between two windows is counted by the later one", "[cli][doctor]") {
    HostFacts before = sound();
    before.nics.push_back(card());
    before.nics[0].counters = {{"rx_missed_errors", {10, 10}}};
    before.network = {{"Udp.RcvbufErrors", {3, 3}}};
    CHECK(std::ranges::all_of(findings_of(before), &Finding::is_past));
    HostFacts facts = before;
    facts.nics[0].counters = {{"rx_missed_errors", {14, 14}}};
    count_since(before, 1.4, facts);
    const Findings findings = findings_of(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].seen.contains("rx_missed_errors is 4 within 1.4 s, 14 since the start"));
    CHECK(!findings[0].is_past);
    CHECK(findings[1].is_past);
}

TEST_CASE("a peer that is silent is told from a path that is none", "[cli][doctor]") {
    HostFacts facts = sound();
    facts.path = PathFacts{.peer = "192.0.2.9", .trouble = "network is unreachable"};
    CHECK(only(facts).advice.empty());
    facts.path->is_silent = true;
    CHECK(only(facts).advice.contains("answers nothing to UDP"));
}

TEST_CASE("a profile of the lines says that doctor wrote it", "[cli][doctor]") {
    const std::string text = remedies_of(findings_of(sound())).text();
    CHECK(text.starts_with("# Written by nanotune doctor from what it found on this host.\n"));
    CHECK(!text.contains("mported"));
    HostFacts facts = sound();
    facts.turbo = false;
    CHECK(remedies_of(findings_of(facts))
              .text()
              .contains("# 1 finding mended by the lines below, 0 left out."));
}

TEST_CASE("an archive holds whole blocks, and says how large each file is", "[cli][doctor]") {
    const std::string archive = bundle_of({{"a", std::string(600, 'x')}, {"b", ""}}, 0);
    CHECK(archive.size() == 512 + 1024 + 512 + 1024);
    CHECK(archive.substr(124, 11) == "00000001130");
    CHECK(is_bundle(archive));
    CHECK(!is_bundle("somebody's notes"));
}
