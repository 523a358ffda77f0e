// What is wrong with a host for those who wait for packets: seen, why it matters, what mends it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/host_facts.hpp"

namespace nanotune::doctor {

/// A line of a profile that would mend it.
struct Remedy {
    std::string section;  ///< "nic.\"eth0\""
    std::string key;      ///< "ring.rx"
    std::string value;    ///< in TOML
    friend bool operator==(const Remedy&, const Remedy&) = default;
};

struct Finding {
    std::string_view check;  ///< the check's name
    std::string subject;     ///< "eth0", "CPU 2", "" for the host
    std::string seen;
    std::string why;
    std::vector<Remedy> remedies = {};
    std::string advice = {};  ///< what to do where no line of a profile does it all
    bool is_past = false;     ///< it is of a counter that did not grow while one looked
};
using Findings = std::vector<Finding>;

/// One check: pure, from facts to what is wrong.
struct Check {
    std::string_view name;
    std::string_view about;
    void (*look)(const HostFacts& facts, Findings& findings) = nullptr;
};

/// Every check, in the order in which findings are told.
[[nodiscard]] std::span<const Check> checks();
/// What all of them find.
[[nodiscard]] Findings findings_of(const HostFacts& facts);

/// The CPUs that nothing else is to run on: isolated, or a datapath's.
[[nodiscard]] CpuSet guarded(const HostFacts& facts);

// The checks, each in the file of its subject.
void look_at_nodes(const HostFacts& facts, Findings& findings);
void look_at_interrupts(const HostFacts& facts, Findings& findings);
void look_at_tasks(const HostFacts& facts, Findings& findings);
void look_at_load(const HostFacts& facts, Findings& findings);
void look_at_rings(const HostFacts& facts, Findings& findings);
void look_at_stack(const HostFacts& facts, Findings& findings);
void look_at_datapaths(const HostFacts& facts, Findings& findings);
void look_at_checksums(const HostFacts& facts, Findings& findings);
void look_at_frequency(const HostFacts& facts, Findings& findings);
void look_at_sleep(const HostFacts& facts, Findings& findings);
void look_at_threads(const HostFacts& facts, Findings& findings);
void look_at_throttling(const HostFacts& facts, Findings& findings);
void look_at_pcie(const HostFacts& facts, Findings& findings);
void look_at_delays(const HostFacts& facts, Findings& findings);
void look_at_path(const HostFacts& facts, Findings& findings);
void look_at_clock(const HostFacts& facts, Findings& findings);
void look_at_rights(const HostFacts& facts, Findings& findings);
void look_at_tools(const HostFacts& facts, Findings& findings);

/// "12 within 1.0 s, 340 since the start"
[[nodiscard]] std::string told(const HostCounter& counter, const HostFacts& facts);
/// "CPU 2", "CPUs 0-1"
[[nodiscard]] std::string named(const CpuSet& cpus);
/// "nic.\"eth0\""
[[nodiscard]] std::string section_of(std::string_view plugin, std::string_view word);
/// "{ value = "8MiB", optional = true }": a host without it is not in error.
[[nodiscard]] std::string optional_text(std::string_view value);
[[nodiscard]] std::string optional_flag(bool value);

}  // namespace nanotune::doctor
