// What doctor's tests start from: facts of a host with nothing wrong.
#pragma once

#include <string>
#include <vector>

#include "cli/doctor/diagnosis.hpp"
#include "support/catch.hpp"

namespace nanotune::doctor::given {

/// Two nodes of two CPUs, nothing isolated, nothing wrong.
inline HostFacts sound() {
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
inline NicLayout nic_on_node_1(unsigned cpu) {
    NicLayout layout;
    layout.nic.device = "eth0";
    layout.node = 1;
    ServedQueues served;
    served.irq = 41;
    served.effective = CpuSet::of(cpu);
    layout.served.push_back(std::move(served));
    return layout;
}

inline NicFacts card() {
    return {.name = "eth0", .kind = "physical", .mtu = 1500, .rx_ring = 256, .most_rx_ring = 4096};
}

inline std::vector<std::string> names_of(const Findings& findings) {
    std::vector<std::string> names;
    for (const Finding& finding : findings) {
        names.push_back(std::string(finding.check) + " " + finding.subject);
    }
    return names;
}

/// The only finding.
inline Finding only(const HostFacts& facts) {
    const Findings findings = findings_of(facts);
    INFO("findings: " << Catch::StringMaker<std::vector<std::string>>::convert(names_of(findings)));
    REQUIRE(findings.size() == 1);
    return findings.front();
}

inline Remedy optional(const std::string& section, const std::string& key,
                       const std::string& value) {
    return {section, key, "{ value = \"" + value + "\", optional = true }"};
}

inline Remedy flag(const std::string& section, const std::string& key, bool value) {
    return {section, key,
            std::string("{ value = ") + (value ? "true" : "false") + ", optional = true }"};
}

}  // namespace nanotune::doctor::given
