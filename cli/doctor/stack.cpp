// What was lost in the kernel: in its queues, in sockets, for wrong checksums.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "finding.hpp"

namespace nanotune::doctor {

namespace {

constexpr std::int64_t least_buffer = 8 << 20;  // what the tuning guide asks for

const HostCounter* counter_of(const HostCounters& counters, std::string_view name) {
    const auto found = counters.find(name);
    return found == counters.end() || found->second.now == 0 ? nullptr : &found->second;
}

std::int64_t sysctl_of(const HostFacts& facts, const std::string& name, std::int64_t otherwise) {
    const auto found = facts.sysctls.find(name);
    return found == facts.sysctls.end() ? otherwise : found->second;
}

/// Adds a sysctl raised to twice what it is, and to `least` at least; none where it is all that the
/// kernel takes.
void add_raised(const HostFacts& facts, const std::string& name, std::int64_t least,
                std::vector<Remedy>& remedies) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const std::int64_t now = sysctl_of(facts, name, 0);
    if (now < most) {
        const std::int64_t value = std::max(least, std::min(most, 2 * now));
        remedies.push_back(
            {"sysctl", fmt::format("\"{}\"", name), optional_text(fmt::format("{}", value))});
    }
}

/// A counter of the stack's: what it tells, and which sysctls help.
struct StackLoss {
    std::string_view counter;
    std::string_view what;
    std::string_view why;
    std::string_view sysctls[2] = {};
    std::int64_t least[2] = {};
    std::string_view advice = {};
};

constexpr std::string_view about_buffers =
    "a program that sets SO_RCVBUF itself gets no more than rmem_max; rmem_default is of every "
    "other socket on the host: leave its line out where there are thousands";

constexpr StackLoss stack_losses[] = {
    {"Udp.RcvbufErrors",
     "UDP packets did not fit into the receive buffers of their sockets",
     "the program reads slower than they come, at least in bursts",
     {"net.core.rmem_max", "net.core.rmem_default"},
     {least_buffer, least_buffer},
     about_buffers},
    {"Udp6RcvbufErrors",
     "UDP packets over IPv6 did not fit into the receive buffers of their "
     "sockets",
     "the program reads slower than they come, at least in bursts",
     {"net.core.rmem_max", "net.core.rmem_default"},
     {least_buffer, least_buffer},
     about_buffers},
    {"Udp.SndbufErrors",
     "UDP packets did not fit into the send buffers of their sockets",
     "the link or its queue is slower than the program",
     {"net.core.wmem_max"},
     {least_buffer}},
    {"TcpExt.TCPBacklogDrop",
     "TCP segments were dropped while a program held its socket",
     "they are sent again, milliseconds later",
     {"net.core.rmem_max"},
     {least_buffer},
     "of programs that set SO_RCVBUF; the buffer of any other grows to the third number of "
     "net.ipv4.tcp_rmem"},
    {"TcpExt.ListenOverflows",
     "connections came while the queue of their listener was full",
     "the peer tries again after a second",
     {"net.core.somaxconn"},
     {4096},
     "a queue is no longer than its program asks listen() for, whatever somaxconn allows: `ss "
     "-ltn` "
     "shows that as Send-Q"},
};

}  // namespace

void look_at_stack(const HostFacts& facts, Findings& findings) {
    if (const HostCounter* const dropped = counter_of(facts.softnet, "dropped")) {
        Finding finding{.check = {},
                        .subject = "backlog",
                        .seen = fmt::format("the queues between interrupt and stack were full: {}",
                                            told(*dropped, facts)),
                        .why = "packets that RPS or loopback hands to a CPU are lost there",
                        .is_past = dropped->grown() == 0};
        add_raised(facts, "net.core.netdev_max_backlog", 4096, finding.remedies);
        findings.push_back(std::move(finding));
    }
    const HostCounter* const squeezed = counter_of(facts.softnet, "squeezed");
    if (squeezed != nullptr && squeezed->grown() > 0) {
        Finding finding{
            .check = {},
            .subject = "softirq",
            .seen = fmt::format("the receive softirq ended with packets left to take: {}",
                                told(*squeezed, facts)),
            .why = "what is left waits for its next turn, behind whatever runs"};
        add_raised(facts, "net.core.netdev_budget", 600, finding.remedies);
        add_raised(facts, "net.core.netdev_budget_usecs", 8000, finding.remedies);
        findings.push_back(std::move(finding));
    }
    for (const StackLoss& loss : stack_losses) {
        const HostCounter* const counter = counter_of(facts.network, loss.counter);
        if (counter == nullptr) {
            continue;
        }
        Finding finding{.check = {},
                        .subject = std::string(loss.counter),
                        .seen = fmt::format("{}: {}", loss.what, told(*counter, facts)),
                        .why = std::string(loss.why),
                        .advice = std::string(loss.advice),
                        .is_past = counter->grown() == 0};
        for (std::size_t i = 0; i < std::size(loss.sysctls) && !loss.sysctls[i].empty(); ++i) {
            add_raised(facts, std::string(loss.sysctls[i]), loss.least[i], finding.remedies);
        }
        findings.push_back(std::move(finding));
    }
}

void look_at_checksums(const HostFacts& facts, Findings& findings) {
    constexpr std::string_view counters[] = {"Udp.InCsumErrors",   "Tcp.InCsumErrors",
                                             "Icmp.InCsumErrors",  "Udp6InCsumErrors",
                                             "IpExt.InCsumErrors", "Icmp6InCsumErrors"};
    for (const std::string_view name : counters) {
        if (const HostCounter* const counter = counter_of(facts.network, name)) {
            findings.push_back(
                {.check = {},
                 .subject = std::string(name),
                 .seen = fmt::format("packets came with wrong checksums ({}): {}", name,
                                     told(*counter, facts)),
                 .why = "they were damaged on the way, or a sender's offload did not "
                        "compute them",
                 .advice = "`ethtool -k` of the sender: tx-checksumming; a switch or "
                           "tunnel that rewrites packets",
                 .is_past = counter->grown() == 0});
        }
    }
    for (const NicFacts& nic : facts.nics) {
        const auto feature = nic.features.find("rx-checksum");
        if (nic.kind == "physical" && feature != nic.features.end() && !feature->second) {
            findings.push_back({.check = {},
                                .subject = nic.name,
                                .seen = fmt::format("{} does not check checksums itself", nic.name),
                                .why = "a CPU reads each packet once more for it",
                                .remedies = {{section_of("nic", nic.name), "features.rx-checksum",
                                              optional_flag(true)}}});
        }
    }
}

}  // namespace nanotune::doctor
