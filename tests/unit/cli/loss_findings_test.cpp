// What doctor makes of packets that were lost, or damaged.
#include "cli/doctor/diagnosis.hpp"
#include "findings_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::doctor;
using namespace nanotune::doctor::given;

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
